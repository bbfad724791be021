using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Prices;

/// <summary>Prices as they are being read.</summary>
internal sealed class TokenPricesDraft(TokenPrices? from)
{
    public decimal? Input { get; set; } = from?.Input;

    public decimal? Output { get; set; } = from?.Output;

    public decimal? CachedInput { get; set; } = from?.CachedInput;

    public decimal? CacheWrite { get; set; } = from?.CacheWrite;

    public decimal? Reasoning { get; set; } = from?.Reasoning;

    public long Per { get; set; } = from?.Per ?? 1_000_000;

    public bool InputSent { get; private set; } = from is not null;

    public bool OutputSent { get; private set; } = from is not null;

    /// <summary>The current field, if it is one of prices: here, and in the price book.</summary>
    public bool Read(ref JsonFields fields)
    {
        if (fields.Is("input"u8)) Input = (InputSent = !fields.IsNull()) ? Price(ref fields) : null;
        else if (fields.Is("output"u8)) Output = (OutputSent = !fields.IsNull()) ? Price(ref fields) : null;
        else if (fields.Is("cached_input"u8)) CachedInput = Price(ref fields);
        else if (fields.Is("cache_write"u8)) CacheWrite = Price(ref fields);
        else if (fields.Is("reasoning"u8)) Reasoning = Price(ref fields);
        else if (fields.Is("per"u8)) Per = fields.Integer(1, TokenPrices.MaxPer) ?? 1_000_000;
        else return false;
        return true;
    }

    public void Check(string prefix, FaultList faults)
    {
        if (!InputSent) faults.Add(prefix + "input", "is required");
        if (!OutputSent) faults.Add(prefix + "output", "is required");
    }

    /// <summary>Only after a check without faults.</summary>
    public TokenPrices ToPrices() => new(Input!.Value, Output!.Value, CachedInput, CacheWrite, Reasoning, Per);

    private static decimal? Price(ref JsonFields fields) => fields.Decimal(0, TokenPrices.MaxPrice, TokenPrices.MaxDecimals);
}
