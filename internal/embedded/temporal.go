package embedded

import (
	"fmt"
	"log/slog"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// clusterID must stay the same for a file as long as it lives; it is what the
// Temporal server persists at its first start.
const clusterID = "8f1f9a52-6a0e-4c0b-9d6b-2f6c0d1c3a7e"

// startTemporal starts the four services of a Temporal server on loopback.
func (s *Server) startTemporal(sql *config.SQL, level slog.Level) error {
	cfg := s.config(sql)
	authorizer, err := authorization.GetAuthorizerFromConfig(&cfg.Global.Authorization)
	if err != nil {
		return fmt.Errorf("setting up authorization: %w", err)
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(map[primitives.ServiceName]static.Hosts{
			primitives.FrontendService: static.SingleLocalHost(loopback(s.ports.frontend)),
			primitives.HistoryService:  static.SingleLocalHost(loopback(s.ports.history)),
			primitives.MatchingService: static.SingleLocalHost(loopback(s.ports.matching)),
			primitives.WorkerService:   static.SingleLocalHost(loopback(s.ports.worker)),
		}),
		temporal.WithLogger(serverLog{least: leastOf(level), stopping: &s.stopping}),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient{
			// As the Temporal CLI's own development server sets them: reads see
			// what was just registered, and one host is not throttled like a fleet.
			dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
			dynamicconfig.ForceNexusEndpointRefreshOnRead.Key():         true,
			dynamicconfig.FrontendPersistenceMaxQPS.Key():               10000,
			dynamicconfig.HistoryPersistenceMaxQPS.Key():                45000,
			dynamicconfig.HistoryCacheHostLevelMaxSize.Key():            8096,
		}),
	)
	if err != nil {
		return err
	}
	s.temporal = server
	return server.Start()
}

func (s *Server) config(sql *config.SQL) *config.Config {
	service := func(port, membership int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: port, MembershipPort: membership, BindOnLocalHost: true}}
	}
	const store, disabled = "sqlite", "disabled"
	p := s.ports
	return &config.Config{
		Persistence: config.Persistence{
			DefaultStore: store, VisibilityStore: store, NumHistoryShards: 1,
			DataStores: map[string]config.DataStore{store: {SQL: sql}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
				Enabled: true, InitialFailoverVersion: 1, RPCAddress: s.HostPort(), ClusterID: clusterID,
			}},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			"frontend": service(p.frontend, p.membership[0]), "history": service(p.history, p.membership[1]),
			"matching": service(p.matching, p.membership[2]), "worker": service(p.worker, p.membership[3]),
		},
		PublicClient: config.PublicClient{HostPort: s.HostPort()},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: disabled},
			Visibility: config.VisibilityArchival{State: disabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: disabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: disabled},
		}},
	}
}

// leastOf is the level from which the server's log is kept. Without one it is
// errors only: at info the server logs hundreds of lines a start.
func leastOf(l slog.Level) slog.Level {
	if l == 0 {
		return slog.LevelError
	}
	return l
}
