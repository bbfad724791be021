using BudgetEngine.Ledger.Tests.Conformance.Alerts;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

public sealed class SqliteAlerts(ITestOutputHelper output) : AlertSuite(new SqliteHost(), output);

public sealed class SqliteRearming(ITestOutputHelper output) : RearmSuite(new SqliteHost(), output);

public sealed class SqliteAlertEvents(ITestOutputHelper output) : AlertEventSuite(new SqliteHost(), output);

public sealed class SqliteAlertTimes(ITestOutputHelper output) : AlertTimeSuite(new SqliteHost(), output);

public sealed class SqliteMovedAlerts(ITestOutputHelper output) : MovedAlertSuite(new SqliteHost(), output);

public sealed class SqliteChannels(ITestOutputHelper output) : ChannelSuite(new SqliteHost(), output);

public sealed class SqliteSchedules(ITestOutputHelper output) : ScheduleSuite(new SqliteHost(), output);

public sealed class SqliteDeliveries(ITestOutputHelper output) : DeliverySuite(new SqliteHost(), output);

public sealed class SqliteSpend(ITestOutputHelper output) : SpendSuite(new SqliteHost(), output);

public sealed class SqliteAlertConcurrency(ITestOutputHelper output) : AlertConcurrencySuite(new SqliteHost(), output);

public sealed class SqliteEvaluationStorage(ITestOutputHelper output) : EvaluationStorageSuite(new SqliteHost(), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresAlerts(PostgresFixture fixture, ITestOutputHelper output) : AlertSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresRearming(PostgresFixture fixture, ITestOutputHelper output) : RearmSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresAlertEvents(PostgresFixture fixture, ITestOutputHelper output) : AlertEventSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresAlertTimes(PostgresFixture fixture, ITestOutputHelper output) : AlertTimeSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresMovedAlerts(PostgresFixture fixture, ITestOutputHelper output) : MovedAlertSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresChannels(PostgresFixture fixture, ITestOutputHelper output) : ChannelSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresSchedules(PostgresFixture fixture, ITestOutputHelper output) : ScheduleSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresDeliveries(PostgresFixture fixture, ITestOutputHelper output) : DeliverySuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresSpend(PostgresFixture fixture, ITestOutputHelper output) : SpendSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresAlertConcurrency(PostgresFixture fixture, ITestOutputHelper output) : AlertConcurrencySuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresEvaluationStorage(PostgresFixture fixture, ITestOutputHelper output) : EvaluationStorageSuite(new PostgresHost(fixture.Server), output);

public sealed class SimulatedAlerts(ITestOutputHelper output) : AlertSuite(new SimulatedHost(), output);

public sealed class SimulatedRearming(ITestOutputHelper output) : RearmSuite(new SimulatedHost(), output);

public sealed class SimulatedAlertEvents(ITestOutputHelper output) : AlertEventSuite(new SimulatedHost(), output);

public sealed class SimulatedAlertTimes(ITestOutputHelper output) : AlertTimeSuite(new SimulatedHost(), output);

public sealed class SimulatedMovedAlerts(ITestOutputHelper output) : MovedAlertSuite(new SimulatedHost(), output);

public sealed class SimulatedChannels(ITestOutputHelper output) : ChannelSuite(new SimulatedHost(), output);

public sealed class SimulatedDeliveries(ITestOutputHelper output) : DeliverySuite(new SimulatedHost(), output);

public sealed class SimulatedSpend(ITestOutputHelper output) : SpendSuite(new SimulatedHost(), output);

public sealed class SimulatedAlertConcurrency(ITestOutputHelper output) : AlertConcurrencySuite(new SimulatedHost(), output);
