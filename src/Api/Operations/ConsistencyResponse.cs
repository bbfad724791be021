using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Operations;

/// <summary>Whether rows, balances and grains agree, and where they do not.</summary>
/// <param name="AsOf">When rows and balances were compared; before the request where that takes long.</param>
public sealed record ConsistencyResponse(
    bool Consistent, long RowsChecked, long BalancesChecked, int GrainsChecked, IReadOnlyList<DifferenceResponse> Differences,
    IReadOnlyList<GrainDifferenceResponse> GrainDifferences, IReadOnlyList<BrokenResponse> Broken, FileResponse? File, DateTimeOffset AsOf);

/// <summary>What was found in the ledger's file.</summary>
public sealed record FileResponse([property: AllowedValues("whole", "part"), Description("part: it is too large to be looked through in 10 s")] string Checked, IReadOnlyList<string> Faults)
{
    public static FileResponse? Of(FileCheck? file) => file is null ? null : new FileResponse(file.IsWhole ? "whole" : "part", file.Faults);
}

/// <summary>A balance that is not the sum of its rows.</summary>
public sealed record DifferenceResponse(
    string Kind, string CostCenter, string? User, DateOnly Window, Money Balance, Money Rows, long BalanceRequests, long RowRequests);

/// <summary>A grain whose spend is not its balance, of the same version.</summary>
public sealed record GrainDifferenceResponse(string Kind, string CostCenter, Money Balance, Money Grain);

/// <summary>A cost center whose state breaks an invariant.</summary>
public sealed record BrokenResponse(string CostCenter, string Fault);
