using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Budgets;

/// <summary><c>allowed_models</c> and <c>max_output_tokens</c> as they are being read; also a part of them (RFC 7396): what is not sent stays, null takes away.</summary>
internal sealed class ModelRulesDraft(ModelRules? from)
{
    private const string NotAPattern = "must have names of models, or beginnings of names with one * at the end";

    private readonly SortedDictionary<string, long> _maxOutput = new(from?.MaxOutput.ToDictionary(m => m.Model, m => m.Tokens) ?? [], StringComparer.OrdinalIgnoreCase);

    public ValueList<string> Allowed { get; private set; } = from?.Allowed ?? [];

    public IReadOnlyDictionary<string, long> MaxOutput => _maxOutput;

    /// <summary>Null: none is set.</summary>
    public ModelRules? ToRules() => Allowed.Count == 0 && _maxOutput.Count == 0 ? null : new ModelRules(Allowed, [.. _maxOutput.Select(m => new OutputLimit(m.Key, m.Value))]);

    /// <summary>The current field, if it is one of these.</summary>
    public bool Read(ref JsonFields fields)
    {
        if (fields.Is("allowed_models"u8)) ReadAllowed(ref fields);
        else if (fields.Is("max_output_tokens"u8)) ReadMaxOutput(ref fields);
        else return false;
        return true;
    }

    private void ReadAllowed(ref JsonFields fields)
    {
        Allowed = [];
        if (fields.IsNull() || !fields.EnterArray()) return;
        var patterns = new List<string>();
        var count = 0;
        while (fields.NextItem())
        {
            count++;
            if (fields.ItemText(TextRules.MaxModel, printable: true) is not { } pattern) continue;
            if (!ModelRules.IsPattern(pattern)) fields.Fault(NotAPattern);
            else if (patterns.Count < ModelRules.MaxPatterns) patterns.Add(pattern);
        }

        // No model at all is a pause, which says so.
        if (count == 0) fields.Fault("must not be empty; null allows every model");
        if (count > ModelRules.MaxPatterns) fields.Fault($"must be at most {ModelRules.MaxPatterns}");
        Allowed = [.. patterns];
    }

    private void ReadMaxOutput(ref JsonFields fields)
    {
        if (fields.IsNull())
        {
            _maxOutput.Clear();
            return;
        }

        if (!fields.Enter(out var outer)) return;
        while (fields.Next())
        {
            if (fields.PlainName() is not { } pattern) fields.Skip();
            else if (TextRules.FaultOf(pattern, TextRules.MaxModel) is not null || !ModelRules.IsPattern(pattern))
            {
                fields.Fault(NotAPattern);
                fields.Skip();
            }
            else if (fields.IsNull()) _maxOutput.Remove(pattern);
            else if (fields.Integer(1, TokenCounts.MaxTokens) is { } tokens) _maxOutput[pattern] = tokens;
        }

        fields.Leave(outer);
        if (_maxOutput.Count > ModelRules.MaxPatterns) fields.Fault($"must be at most {ModelRules.MaxPatterns}");
    }
}
