using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Prices;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Dashboard.Prices;

/// <summary>The dialogs of a price: the four rates that people change; tiers, units, names and all else that a price has stay as they are.</summary>
internal sealed class PriceDialogs(Catalog catalog, ILedgerReports reports)
{
    public const string Edit = "edit";
    public const string Remove = "remove";
    public const string Model = "price";
    public const string Entry = "entry";
    private const long Million = 1_000_000;

    /// <summary>So many times a rate is more likely a slip of the comma than a new price.</summary>
    private const decimal Unlikely = 5;

    private static readonly (TokenMeter Meter, string Label)[] _rates =
        [(TokenMeter.Input, "Input"), (TokenMeter.Output, "Output"), (TokenMeter.CachedInput, "Cached input"), (TokenMeter.CacheWrite, "Cache write")];

    public PriceVersion? InForce(string model, DateTimeOffset now) => catalog.Current.Prices.VersionAt(model, now) is { Prices: not null } version ? version : null;

    /// <summary>The version that the form makes of the one in force, by the rules of the API.</summary>
    public PriceVersion Apply(SettingForm form, PriceVersion? inForce, DateTimeOffset now)
    {
        var model = form[Model];
        if (TextRules.FaultOf(model, TextRules.MaxModel) is { } fault) form.Fault(Model, fault);
        else if (model.StartsWith('/') || model.EndsWith('/') || model.Contains("//", StringComparison.Ordinal)) form.Fault(Model, "must not have an empty part between slashes");
        var body = new JsonObject();
        foreach (var (meter, _) in _rates) body[TokenMeters.Words.Of(meter)] = form[TokenMeters.Words.Of(meter)] is { Length: > 0 } rate ? rate : null;
        var draft = new PriceDraft(inForce);
        form.Read(body, draft, PriceDraft.Read, faults => draft.Prices.Check("", faults));
        return new PriceVersion(model, now, draft.Prices.ToCard(), draft.MaxOutputTokens, draft.Aliases, now);
    }

    /// <param name="sent">What was sent and could not be stored; null: the address asks for the dialog.</param>
    public async Task<SettingDialog> EditAsync(Shell shell, SettingForm form, bool sent, CancellationToken cancellationToken)
    {
        var inForce = InForce(form[Model], shell.Now);
        var per = Markup.Number(inForce?.Prices!.Per ?? Million);
        var isTyped = form.Fields.ContainsKey(TokenMeters.Words.Of(TokenMeter.Input));
        var fields = isTyped ? new Dictionary<string, string>(form.Fields) : FieldsOf(form[Model], inForce);
        fields[Entry] = sent ? form[Entry] : (inForce?.Entry ?? 0).ToString(CultureInfo.InvariantCulture);
        var trial = new SettingForm(fields);
        var becomes = Apply(trial, inForce, shell.Now);
        var preview = trial.IsSound ? await PreviewAsync(inForce, becomes, shell, cancellationToken) : new SettingPreview("What changes with the next record", [], []);
        List<SettingField> inputs =
        [
            new SettingField(Model, "Model", inForce is null ? SettingInput.Text : SettingInput.Hidden) { Placeholder = "gpt-4.1", IsWide = true },
            new SettingField(Entry, "", SettingInput.Hidden),
            .. _rates.Select(r => new SettingField(TokenMeters.Words.Of(r.Meter), r.Label) { Placeholder = r.Meter is TokenMeter.Input or TokenMeter.Output ? "0.00" : "as input" }),
        ];
        return new SettingDialog(
            Edit, inForce is null ? "Enter a price" : "Edit price", $"{(inForce is null ? "" : inForce.Model + ", ")}{shell.Currency.Code} per {per} tokens", "/edit/price", "/prices", "Save price", inputs, fields,
            form.Faults, preview)
        {
            RemoveAddress = inForce is null ? null : $"/prices?{Remove}=1&{Model}={Uri.EscapeDataString(inForce.Model)}", RemoveWord = "Take it away",
        };
    }

    public SettingDialog RemoveOf(Shell shell, SettingForm form)
    {
        var model = form[Model];
        var fields = new Dictionary<string, string>(form.Fields) { [Entry] = (InForce(model, shell.Now)?.Entry ?? 0).ToString(CultureInfo.InvariantCulture) };
        return new SettingDialog(
            Remove, $"No price for {model}?", model, "/edit/price/remove", "/prices", "Take it away", [new SettingField(Model, "", SettingInput.Hidden), new SettingField(Entry, "", SettingInput.Hidden)], fields,
            form.Faults, new SettingPreview("What changes with the next check", [],
            ["Checks of this model are denied, unless a budget has a default price.", "Usage is still recorded, at a guess that is told apart. What is recorded so far stays as it was booked."]))
        {
            Removes = true,
        };
    }

    private static Dictionary<string, string> FieldsOf(string model, PriceVersion? version)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { [Model] = model };
        foreach (var (meter, _) in _rates) fields[TokenMeters.Words.Of(meter)] = version?.Prices?.Base[meter] is { } rate ? Plain(rate) : "";
        return fields;
    }

    private async Task<SettingPreview> PreviewAsync(PriceVersion? was, PriceVersion becomes, Shell shell, CancellationToken cancellationToken)
    {
        var changes = new List<ChangeLine>();
        string? warning = null;
        foreach (var (meter, label) in _rates)
        {
            var (before, after) = (was?.Prices?.Base[meter], becomes.Prices!.Base[meter]);
            if (before == after) continue;
            var change = before is > 0 && after is { } to ? $" ({SignedPercent(to / before.Value - 1)})" : "";
            changes.Add(new ChangeLine(label, before is { } b ? Plain(b) : null, (after is { } a ? Plain(a) : "as input") + change));
            if (before is > 0 && after is > 0 && (after / before >= Unlikely || before / after >= Unlikely)) warning = $"{label} changes by {SignedPercent(after.Value / before.Value - 1)}. Is it per {Markup.Number(becomes.Prices.Per)} tokens?";
        }

        if (changes.Count == 0) return new SettingPreview("What changes with the next record", [], []);
        var sentences = new List<string>();
        if (await EffectAsync(was, becomes, shell, cancellationToken) is { } effect) sentences.Add(effect);
        sentences.Add("It acts on checks and records from now on. What is recorded so far stays as it was booked, until it is priced again.");
        if (was?.Prices is { } card && (card.ContextTiers.Count > 0 || card.ServiceTiers.Count > 0)) sentences.Add("Its other tiers keep their rates.");
        return new SettingPreview("What changes with the next record", changes, sentences, warning);
    }

    /// <summary>What the month so far would have come to: by the plain rates, or, where there was a price, as much more or less as the plain rates say. So tiers and units count as they did.</summary>
    private async Task<string?> EffectAsync(PriceVersion? was, PriceVersion becomes, Shell shell, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(shell.Now.UtcDateTime);
        var range = new ReportRange(null, new DateOnly(today.Year, today.Month, 1), today.AddDays(1));
        var found = await reports.ReadNamesAsync(range, UsageDimension.Model, null, becomes.Model, 1, cancellationToken);
        // Records whose cost was told, without tokens, say nothing of rates.
        if (found.Items is not [var month] || month.Usage.InputTokens + month.Usage.OutputTokens == 0) return null;
        if (AmountAt(month.Usage, was?.Prices, becomes.Prices!, shell.Currency.Resolution) is not { } amount) return null;
        return $"This month so far: {Markup.Count(month.Usage.Requests, "request")}, booked at {shell.Currency.Of(month.Usage.Spent)}. At these rates they would have come to about {shell.Currency.Of(amount)}.";
    }

    /// <summary>Null: more than an amount can be.</summary>
    private static Money? AmountAt(UsageSum usage, RateCard? was, RateCard becomes, Resolution resolution)
    {
        try
        {
            var cost = CostOf(usage, becomes);
            if (was is not null && CostOf(usage, was) is > 0 and var before) cost = resolution.ToUnits(usage.Spent) * (cost / before);
            return resolution.TryExact(decimal.Round(cost, resolution.Decimals), out var amount) ? amount : null;
        }
        catch (OverflowException)
        {
            // Rates may be 27 digits apart: nothing that a preview should try to tell.
            return null;
        }
    }

    private static decimal CostOf(UsageSum usage, RateCard card)
    {
        var input = card.Input ?? 0;
        var plain = Math.Max(0, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens);
        var units = plain * input + usage.CachedInputTokens * (card.Base[TokenMeter.CachedInput] ?? input) + usage.CacheWriteTokens * (card.Base[TokenMeter.CacheWrite] ?? input)
            + usage.OutputTokens * (card.Output ?? 0);
        return units / card.Per;
    }

    private static string SignedPercent(decimal fraction) => fraction >= 10_000 ? "over +1,000,000%" : fraction == 0 ? "no change" : (fraction > 0 ? "+" : "\u2212") + (Math.Abs(fraction) * 100).ToString("#,##0.#", CultureInfo.InvariantCulture) + "%";

    private static string Plain(decimal rate) => rate.ToString("0.00################", CultureInfo.InvariantCulture);
}
