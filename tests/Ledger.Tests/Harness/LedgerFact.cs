using System.ComponentModel;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>A fact of the conformance suite. Of a class marked <see cref="NeedsPostgresAttribute"/> it is skipped, saying why, where no server can be started.</summary>
[XunitTestCaseDiscoverer("BudgetEngine.Ledger.Tests.Harness.LedgerFactDiscoverer", "BudgetEngine.Ledger.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class LedgerFactAttribute : FactAttribute;

[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgresAttribute : Attribute;

public sealed class LedgerFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new LedgerTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

public sealed class LedgerTestCase : XunitTestCase
{
    [Obsolete("For the deserializer of xunit.")]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LedgerTestCase()
    {
    }

    public LedgerTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgresAttribute)).Any()
            ? PostgresServer.WhyNot() ?? base.GetSkipReason(factAttribute)
            : base.GetSkipReason(factAttribute);
}
