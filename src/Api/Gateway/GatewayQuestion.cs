using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Gateway;

/// <summary>What a gateway asks, by whichever protocol.</summary>
/// <param name="Inputs">Where input headers are read; only those that the caller's profile trusts count.</param>
/// <param name="RequestId">Stored with the reservation; never finds an earlier one.</param>
internal readonly record struct GatewayQuestion(IHeaderDictionary Inputs, ApiKey Caller, string RequestId, CheckProtocol Protocol)
{
    /// <summary>Why the caller may not ask; null: it may.</summary>
    public Problem? Problem { get; init; }

    /// <summary>What the protocol found wrong with its question; null: nothing.</summary>
    public Problem? Fault { get; init; }

    /// <summary>From <see cref="GatewayChecks.Start"/>.</summary>
    public required long StartedAt { get; init; }

    /// <summary>The answer is due within this time, where that is less than the engine's own deadline.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>The amount that the protocol itself says; null: by the inputs.</summary>
    public Domain.Amounts.Money? Amount { get; init; }

    /// <summary>Looks only: holds nothing, and asks whether anything is left.</summary>
    public bool Peeks { get; init; }
}
