using BudgetEngine.Ledger.Tests.Conformance;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresRecords(PostgresFixture fixture, ITestOutputHelper output) : RecordSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresCorrections(PostgresFixture fixture, ITestOutputHelper output) : CorrectionSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresHolds(PostgresFixture fixture, ITestOutputHelper output) : HoldSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresCharges(PostgresFixture fixture, ITestOutputHelper output) : ChargeSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresFence(PostgresFixture fixture, ITestOutputHelper output) : FenceSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresBudgets(PostgresFixture fixture, ITestOutputHelper output) : BudgetSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresUsers(PostgresFixture fixture, ITestOutputHelper output) : UserSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresUserFills(PostgresFixture fixture, ITestOutputHelper output) : UserFillSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresKeys(PostgresFixture fixture, ITestOutputHelper output) : KeySuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresCatalogs(PostgresFixture fixture, ITestOutputHelper output) : CatalogSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresSigningKeys(PostgresFixture fixture, ITestOutputHelper output) : SigningKeySuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresAmounts(PostgresFixture fixture, ITestOutputHelper output) : AmountSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresReports(PostgresFixture fixture, ITestOutputHelper output) : ReportSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresReprices(PostgresFixture fixture, ITestOutputHelper output) : RepriceSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresMoves(PostgresFixture fixture, ITestOutputHelper output) : MoveSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresMoveSteps(PostgresFixture fixture, ITestOutputHelper output) : MoveStepSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresMoveRules(PostgresFixture fixture, ITestOutputHelper output) : MoveRuleSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresMovesInOrder(PostgresFixture fixture, ITestOutputHelper output) : MoveOrderSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresExports(PostgresFixture fixture, ITestOutputHelper output) : ExportSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresRetention(PostgresFixture fixture, ITestOutputHelper output) : RetentionSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresRandom(PostgresFixture fixture, ITestOutputHelper output) : RandomSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresConcurrency(PostgresFixture fixture, ITestOutputHelper output) : BackgroundSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresSchema(PostgresFixture fixture, ITestOutputHelper output) : SchemaSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresSpendLists(PostgresFixture fixture, ITestOutputHelper output) : SpendListSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresUsageReports(PostgresFixture fixture, ITestOutputHelper output) : UsageReportSuite(new PostgresHost(fixture.Server), output);

[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresDenials(PostgresFixture fixture, ITestOutputHelper output) : DenialSuite(new PostgresHost(fixture.Server), output);
