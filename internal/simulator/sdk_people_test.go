package simulator_test

import (
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
	sdkmodel "github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func person(name string) sdkmodel.User {
	return sdkmodel.User{Schemas: []string{schemaOf["Users"]}, UserName: str(name), Name: &sdkmodel.UserName{FamilyName: str("Byron")},
		Emails: []sdkmodel.UserEmails{{Value: str(name + "@riverbend.example"), Type: sdkmodel.UserEmailsTypeWork, Primary: common.Bool(true)}}}
}

func TestOraclesSDKDrivesUsers(t *testing.T) { inBothWays(t, oraclesSDKDrivesUsers) }

func oraclesSDKDrivesUsers(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.CXIF)
	ctx := t.Context()
	u := person("ada")
	u.Id, u.Groups = str("mine"), []sdkmodel.UserGroups{{Value: str("x")}}
	u.Password = str("Secret-word-1")
	made, err := c.CreateUser(ctx, sdkmodel.CreateUserRequest{User: u})
	require.NoError(t, err)
	require.NotEqual(t, "mine", *made.Id, "POST ignores read-only values")
	require.Nil(t, made.Password)
	require.Equal(t, *made.Meta.Version, *made.Etag)
	_, err = c.CreateUser(ctx, sdkmodel.CreateUserRequest{User: person("ADA")})
	refused(t, 409, err)
	_, err = c.CreateUser(ctx, sdkmodel.CreateUserRequest{User: sdkmodel.User{Schemas: u.Schemas, UserName: str("bob")}})
	refused(t, 400, err)

	got, err := c.GetUser(ctx, sdkmodel.GetUserRequest{UserId: made.Id, AttributeSets: []sdkmodel.AttributeSetsEnum{sdkmodel.AttributeSetsAll}})
	require.NoError(t, err)
	require.Equal(t, sdkmodel.ExtensionUserUserStatusVerified, got.UrnIetfParamsScimSchemasOracleIdcsExtensionUserUser.Status)
	found, err := c.SearchUsers(ctx, sdkmodel.SearchUsersRequest{UserSearchRequest: sdkmodel.UserSearchRequest{Schemas: searching,
		Filter: str(`userName eq "ADA"`), Attributes: []string{"userName"}, Count: common.Int(10)}})
	require.NoError(t, err)
	require.Equal(t, *made.Id, *found.Resources[0].Id)
	require.Nil(t, found.Resources[0].Emails)

	read := got.User
	read.DisplayName = str("Countess")
	put, err := c.PutUser(ctx, sdkmodel.PutUserRequest{UserId: made.Id, User: read, IfMatch: got.Meta.Version})
	require.NoError(t, err, "what was read can be put back")
	require.Equal(t, "Countess", *put.DisplayName)
	_, err = c.PutUser(ctx, sdkmodel.PutUserRequest{UserId: made.Id, User: person("ada"), IfMatch: got.Meta.Version})
	refused(t, 412, err)
	read.Id = str("another")
	_, err = c.PutUser(ctx, sdkmodel.PutUserRequest{UserId: made.Id, User: read})
	refused(t, 400, err)

	patched, err := c.PatchUser(ctx, sdkmodel.PatchUserRequest{UserId: made.Id, PatchOp: change(replace, "active", false)})
	require.NoError(t, err)
	require.False(t, *patched.Active)
	for path, value := range map[string]any{"id": "x", "groups": []any{}, "meta.version": "x", userExt + ":bypassNotification": true, "shoeSize": 4, "active": "no"} {
		_, err = c.PatchUser(ctx, sdkmodel.PatchUserRequest{UserId: made.Id, PatchOp: change(replace, path, value)})
		refused(t, 400, err)
	}
	_, err = c.PatchUser(ctx, sdkmodel.PatchUserRequest{UserId: made.Id, PatchOp: change(remove, "userName", nil)})
	refused(t, 400, err)
	status, err := c.PutUserStatusChanger(ctx, sdkmodel.PutUserStatusChangerRequest{UserStatusChangerId: made.Id,
		UserStatusChanger: sdkmodel.UserStatusChanger{Schemas: []string{schemaOf["UserStatusChanger"]}, Active: common.Bool(true)}})
	require.NoError(t, err)
	require.True(t, *status.Active)

	_, err = c.DeleteUser(ctx, sdkmodel.DeleteUserRequest{UserId: made.Id, IfMatch: str("stale")})
	refused(t, 412, err)
	_, err = c.DeleteUser(ctx, sdkmodel.DeleteUserRequest{UserId: made.Id})
	require.NoError(t, err)
	_, err = c.GetUser(ctx, sdkmodel.GetUserRequest{UserId: made.Id})
	refused(t, 404, err)
}

func TestOraclesSDKPagesInBothItsWays(t *testing.T) { inBothWays(t, oraclesSDKPagesInBothItsWays) }

func oraclesSDKPagesInBothItsWays(t *testing.T, sdk connect) {
	w := start(t, "clean", simulator.Options{})
	c := sdk(t, w, directory.Utilities)
	var byPage, byIndex []string
	for page, first := (*string)(nil), true; first || page != nil; first = false {
		r, err := c.ListUsers(t.Context(), sdkmodel.ListUsersRequest{Limit: common.Int(70), Page: page, SortBy: str("id"), Attributes: str("userName")})
		require.NoError(t, err)
		for _, u := range r.Resources {
			byPage = append(byPage, *u.Id)
		}
		page = r.OpcNextPage
	}
	for from := 1; from <= 300; from += 70 {
		r, err := c.ListUsers(t.Context(), sdkmodel.ListUsersRequest{StartIndex: common.Int(from), Count: common.Int(70), SortBy: str("id"), Attributes: str("userName")})
		require.NoError(t, err)
		require.Equal(t, 300, *r.TotalResults)
		for _, u := range r.Resources {
			byIndex = append(byIndex, *u.Id)
		}
	}
	require.Len(t, byIndex, 300)
	require.Equal(t, byIndex, byPage)
	_, err := c.ListUsers(t.Context(), sdkmodel.ListUsersRequest{Page: str("made up")})
	refused(t, 400, err)
	_, err = c.ListUsers(t.Context(), sdkmodel.ListUsersRequest{Count: common.Int(1001)})
	refused(t, 400, err)
}

func TestOraclesSDKDrivesGroups(t *testing.T) { inBothWays(t, oraclesSDKDrivesGroups) }

func oraclesSDKDrivesGroups(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.CXIF)
	ctx := t.Context()
	ada, err := c.CreateUser(ctx, sdkmodel.CreateUserRequest{User: person("ada")})
	require.NoError(t, err)
	bob, err := c.CreateUser(ctx, sdkmodel.CreateUserRequest{User: person("bob")})
	require.NoError(t, err)
	g := sdkmodel.Group{Schemas: []string{schemaOf["Groups"]}, DisplayName: str("Testers"), Id: str("mine"),
		Members: []sdkmodel.GroupMembers{{Value: ada.Id, Type: sdkmodel.GroupMembersTypeUser, Display: str("ignored")}}}
	made, err := c.CreateGroup(ctx, sdkmodel.CreateGroupRequest{Group: g})
	require.NoError(t, err)
	require.Nil(t, made.Members, "members come on request")
	g.DisplayName = str("TESTERS")
	_, err = c.CreateGroup(ctx, sdkmodel.CreateGroupRequest{Group: g})
	refused(t, 409, err)
	_, err = c.PatchGroup(ctx, sdkmodel.PatchGroupRequest{GroupId: made.Id, PatchOp: change(add, "members", []any{m{"value": *ada.Id, "type": "User"}})})
	refused(t, 409, err)
	_, err = c.PatchGroup(ctx, sdkmodel.PatchGroupRequest{GroupId: made.Id, PatchOp: change(add, "members", []any{m{"value": *bob.Id}})})
	refused(t, 400, err) // the type of a member is required
	_, err = c.PatchGroup(ctx, sdkmodel.PatchGroupRequest{GroupId: made.Id, PatchOp: change(add, "members", []any{m{"value": *bob.Id, "type": "User", "name": "x"}})})
	refused(t, 400, err) // its name is read-only
	_, err = c.PatchGroup(ctx, sdkmodel.PatchGroupRequest{GroupId: made.Id, PatchOp: change(add, "members", []any{m{"value": *bob.Id, "type": "User"}})})
	require.NoError(t, err)
	_, err = c.PatchGroup(ctx, sdkmodel.PatchGroupRequest{GroupId: made.Id, PatchOp: change(remove, `members[value eq "`+*ada.Id+`"]`, nil)})
	require.NoError(t, err)
	got, err := c.GetGroup(ctx, sdkmodel.GetGroupRequest{GroupId: made.Id, Attributes: str("displayName,members")})
	require.NoError(t, err)
	require.Len(t, got.Members, 1)
	require.Equal(t, *bob.Id, *got.Members[0].Value)
	found, err := c.SearchGroups(ctx, sdkmodel.SearchGroupsRequest{GroupSearchRequest: sdkmodel.GroupSearchRequest{Schemas: searching, Filter: str(`members.value eq "` + *bob.Id + `"`)}})
	require.NoError(t, err)
	require.Len(t, found.Resources, 1)
	listed, err := c.ListGroups(ctx, sdkmodel.ListGroupsRequest{Filter: str(`displayName sw "test"`)})
	require.NoError(t, err)
	require.Len(t, listed.Resources, 1)
	put, err := c.PutGroup(ctx, sdkmodel.PutGroupRequest{GroupId: made.Id, Group: sdkmodel.Group{Schemas: g.Schemas, DisplayName: str("Renamed")}})
	require.NoError(t, err)
	require.Equal(t, "Renamed", *put.DisplayName)
	_, err = c.DeleteGroup(ctx, sdkmodel.DeleteGroupRequest{GroupId: made.Id, IfMatch: made.Meta.Version})
	refused(t, 412, err)
	_, err = c.DeleteGroup(ctx, sdkmodel.DeleteGroupRequest{GroupId: made.Id})
	require.NoError(t, err)
}
