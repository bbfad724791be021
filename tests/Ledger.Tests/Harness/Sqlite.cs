using BudgetEngine.Ledger.Tests.Conformance;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

public sealed class SqliteRecords(ITestOutputHelper output) : RecordSuite(new SqliteHost(), output);

public sealed class SqliteCorrections(ITestOutputHelper output) : CorrectionSuite(new SqliteHost(), output);

public sealed class SqliteHolds(ITestOutputHelper output) : HoldSuite(new SqliteHost(), output);

public sealed class SqliteCharges(ITestOutputHelper output) : ChargeSuite(new SqliteHost(), output);

public sealed class SqliteFence(ITestOutputHelper output) : FenceSuite(new SqliteHost(), output);

public sealed class SqliteBudgets(ITestOutputHelper output) : BudgetSuite(new SqliteHost(), output);

public sealed class SqliteUsers(ITestOutputHelper output) : UserSuite(new SqliteHost(), output);

public sealed class SqliteUserFills(ITestOutputHelper output) : UserFillSuite(new SqliteHost(), output);

public sealed class SqliteKeys(ITestOutputHelper output) : KeySuite(new SqliteHost(), output);

public sealed class SqliteCatalogs(ITestOutputHelper output) : CatalogSuite(new SqliteHost(), output);

public sealed class SqliteSigningKeys(ITestOutputHelper output) : SigningKeySuite(new SqliteHost(), output);

public sealed class SqliteAmounts(ITestOutputHelper output) : AmountSuite(new SqliteHost(), output);

public sealed class SqliteReports(ITestOutputHelper output) : ReportSuite(new SqliteHost(), output);

public sealed class SqliteReprices(ITestOutputHelper output) : RepriceSuite(new SqliteHost(), output);

public sealed class SqliteMoves(ITestOutputHelper output) : MoveSuite(new SqliteHost(), output);

public sealed class SqliteMoveSteps(ITestOutputHelper output) : MoveStepSuite(new SqliteHost(), output);

public sealed class SqliteMoveRules(ITestOutputHelper output) : MoveRuleSuite(new SqliteHost(), output);

public sealed class SqliteMovesInOrder(ITestOutputHelper output) : MoveOrderSuite(new SqliteHost(), output);

public sealed class SqliteExports(ITestOutputHelper output) : ExportSuite(new SqliteHost(), output);

public sealed class SqliteRetention(ITestOutputHelper output) : RetentionSuite(new SqliteHost(), output);

public sealed class SqliteRandom(ITestOutputHelper output) : RandomSuite(new SqliteHost(), output);

public sealed class SqliteConcurrency(ITestOutputHelper output) : BackgroundSuite(new SqliteHost(), output);

public sealed class SqliteSchema(ITestOutputHelper output) : SchemaSuite(new SqliteHost(), output);

public sealed class SqliteSpendLists(ITestOutputHelper output) : SpendListSuite(new SqliteHost(), output);

public sealed class SqliteUsageReports(ITestOutputHelper output) : UsageReportSuite(new SqliteHost(), output);

public sealed class SqliteDenials(ITestOutputHelper output) : DenialSuite(new SqliteHost(), output);
