package directory

// Sync is what an app has that takes over the people of another domain: the
// managed app of Oracle's template "GenericScim - Client Credentials". Its client's
// secret is never read into it.
type Sync struct {
	Provisioning    bool `json:"provisioning,omitempty"`    // "Enable Provisioning" (connected)
	Authoritative   bool `json:"authoritative,omitempty"`   // "Authoritative Sync" (isAuthoritative)
	Synchronization bool `json:"synchronization,omitempty"` // "Enable Synchronization" (enableSync)
	MailsNewPeople  bool `json:"mailsNewPeople,omitempty"`  // enableAuthSyncNewUserNotification

	// From where: the host without a scheme, its port, whether by TLS, the path of
	// the API, the OAuth client by its name there, the scope and the token URL.
	Host     string `json:"host,omitempty"`
	Port     string `json:"port,omitempty"`
	TLS      string `json:"tls,omitempty"`
	BaseURI  string `json:"baseUri,omitempty"`
	Client   string `json:"client,omitempty"` // the client id, where no app of Fusion has it
	Scope    string `json:"scope,omitempty"`
	TokenURL string `json:"tokenUrl,omitempty"`
}

// The template of such an app (oracle.md 2.7, from Oracle's landing-zone modules),
// and what the guide writes into every one of them.
const (
	SyncTemplate = "df61971610a531f48a3187b90c97573c"
	SyncBaseURI  = "/admin/v1/"
	SyncScope    = "urn:opc:idm:__myscopes__"
)

func (s *Sync) setting(kind string) Attributes {
	if kind == SettingSync {
		return Attributes{
			"provisioning": EncodeBool(s.Provisioning), "authoritative": EncodeBool(s.Authoritative),
			"synchronization": EncodeBool(s.Synchronization), "mailsNewPeople": EncodeBool(s.MailsNewPeople),
		}
	}
	return Attributes{
		"host": s.Host, "port": s.Port, "tls": s.TLS, "baseUri": s.BaseURI, "client": s.Client, "scope": s.Scope, "tokenUrl": s.TokenURL,
	}
}

// SyncState is what a domain tells of the accounts that a synchronization has
// looked at (AccountMgmtInfos).
type SyncState struct {
	Accounts int `json:"accounts"`
	// Latest is the last syncTimestamp, in the domain's own form.
	Latest string `json:"latest"`
	// Situations counts the accounts by syncSituation: Confirmed, Disputed, ...
	Situations map[string]int `json:"situations,omitempty"`
}

// What a run of a synchronization is for, as StartSync says it: to see what it
// does, or everybody.
const (
	RunProbe = "probe"
	RunFull  = "full"
)

// SyncRequest is the request that starts a synchronization, which Oracle does not
// document: a setting. {appId}, {creates} and {deletes} in the body are filled in.
type SyncRequest struct{ Path, Body string }
