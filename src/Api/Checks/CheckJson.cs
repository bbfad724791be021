using System.Buffers;
using System.Text.Json;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Checks;

/// <summary>Reads the body of a check.</summary>
public static class CheckJson
{
    /// <summary>The check in the body; null when it is not valid.</summary>
    public static CheckCommand? Read(in ReadOnlySequence<byte> body, Resolution resolution, TimeSpan answerWithin, int visibleDepth) =>
        TryRead(body, resolution, answerWithin, visibleDepth, out var command) is null ? command : null;

    /// <returns>Null, or the problem that names all that is wrong.</returns>
    internal static Problem? TryRead(in ReadOnlySequence<byte> body, Resolution resolution, TimeSpan answerWithin, int visibleDepth, out CheckCommand? command) =>
        TryRead(body, resolution, answerWithin, visibleDepth, new FaultList(), out command);

    internal static Problem? TryRead(in ReadOnlySequence<byte> body, Resolution resolution, TimeSpan answerWithin, int visibleDepth, FaultList faults, out CheckCommand? command)
    {
        command = null;
        try
        {
            if (!JsonFields.TryOpen(body, resolution, faults, out var fields)) return faults.ToProblem();
            var draft = default(Draft);
            ReadFields(ref fields, ref draft);
            fields.End();
            draft.Check(faults);
            if (faults.Any) return faults.ToProblem();
            command = draft.ToCommand(answerWithin, visibleDepth);
            return null;
        }
        catch (JsonException fault)
        {
            return JsonBody.Malformed(fault);
        }
    }

    /// <summary>An amount of a check: rounded up, so that a hold never covers less than was asked for.</summary>
    internal static Money? ReadAmount(ref JsonFields fields)
    {
        if (fields.Decimal(0, fields.Resolution.MaxInput) is not { } units) return null;
        return fields.Resolution.TryRoundUp(units, out var money) ? money : null;
    }

    internal static TimeSpan? ReadTtl(ref JsonFields fields) =>
        fields.Integer((long)CheckCommand.MinTtl.TotalSeconds, (long)CheckCommand.MaxTtl.TotalSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static void ReadFields(ref JsonFields fields, ref Draft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("cost_center"u8)) draft.ReadCostCenter(ref fields);
            else if (fields.Is("model"u8)) draft.ReadModel(ref fields);
            else if (fields.Is("input_tokens"u8)) draft.InputTokens = draft.ReadCount(ref fields, TokenCounts.MaxTokens);
            else if (fields.Is("max_output_tokens"u8)) draft.MaxOutputTokens = fields.Integer(0, TokenCounts.MaxTokens);
            else if (fields.Is("user"u8)) draft.User = fields.Text(TextRules.MaxUser, recurs: true);
            else if (fields.Is("request_id"u8)) draft.RequestId = fields.RequestId();
            else if (fields.Is("ttl_seconds"u8)) draft.Ttl = ReadTtl(ref fields);
            else if (fields.Is("amount"u8)) draft.ReadAmount(ref fields);
            else if (fields.Is("min_amount"u8)) draft.MinAmount = ReadAmount(ref fields);
            else if (fields.Is("dry_run"u8)) draft.DryRun = fields.Boolean() ?? false;
            else if (fields.Is("explain"u8)) draft.Explain = fields.Boolean() ?? false;
            else if (fields.Is("input_characters"u8)) draft.InputCharacters = draft.ReadCount(ref fields, Rating.MaxCharacters);
            else if (fields.Is("session"u8)) draft.Session = fields.Text(TextRules.MaxUser);
            else if (fields.Is("cached_input_tokens"u8)) draft.CachedInputTokens = fields.Integer(0, TokenCounts.MaxTokens);
            else if (fields.Is("cache_write_tokens"u8)) draft.CacheWriteTokens = fields.Integer(0, TokenCounts.MaxTokens);
            else if (fields.Is("reasoning_tokens"u8)) draft.ReasoningTokens = fields.Integer(0, TokenCounts.MaxTokens);
            else if (!DetailsDraft.Read(ref fields, ref draft.Details, strict: true)) fields.Skip();
        }
    }

    /// <summary>What has been read so far; on the stack. What was sent but could not be read is one fault, and not also missing.</summary>
    private struct Draft
    {
        public CostCenterId? CostCenter;
        public bool CostCenterSent;
        public string? Model;
        public bool ModelSent;
        public bool CountSent;
        public long? InputTokens;
        public long? InputCharacters;
        public long? MaxOutputTokens;
        public long? CachedInputTokens;
        public long? CacheWriteTokens;
        public long? ReasoningTokens;
        public DetailsDraft? Details;
        public Money? Amount;
        public bool AmountSent;
        public Money? MinAmount;
        public string? User;
        public string? Session;
        public string? RequestId;
        public TimeSpan? Ttl;
        public bool DryRun;
        public bool Explain;

        public void ReadCostCenter(ref JsonFields fields)
        {
            CostCenterSent = !fields.IsNull();
            if (CostCenterSent) CostCenter = fields.CostCenter();
        }

        public void ReadModel(ref JsonFields fields)
        {
            ModelSent = !fields.IsNull();
            if (ModelSent) Model = fields.Text(TextRules.MaxModel, printable: true, recurs: true);
        }

        public long? ReadCount(ref JsonFields fields, long max)
        {
            if (fields.IsNull()) return null;
            CountSent = true;
            return fields.Integer(0, max);
        }

        public void ReadAmount(ref JsonFields fields)
        {
            AmountSent = !fields.IsNull();
            if (AmountSent) Amount = CheckJson.ReadAmount(ref fields);
        }

        public readonly void Check(FaultList faults)
        {
            if (!CostCenterSent) faults.Add("cost_center", "is required");
            if (Amount is { } amount && MinAmount is { } least && least > amount) faults.Add("min_amount", "must not be more than amount");
            if (AmountSent) return;
            if (!ModelSent && !CountSent) faults.Add("amount", "is required, or else model with input_tokens or input_characters");
            else if (!ModelSent) faults.Add("model", "is required where no amount is given");
            else if (!CountSent) faults.Add("input_tokens", "is required with a model where no amount is given, or else input_characters");
        }

        private readonly AnnouncedParts? PartsOf()
        {
            var details = Details?.ToDetails();
            return details is null && CachedInputTokens is null && CacheWriteTokens is null && ReasoningTokens is null
                ? null
                : new AnnouncedParts(CachedInputTokens, CacheWriteTokens, ReasoningTokens, details);
        }

        public readonly CheckCommand ToCommand(TimeSpan answerWithin, int visibleDepth) => new()
        {
            CostCenter = CostCenter!.Value,
            Model = Model,
            InputTokens = InputTokens,
            InputCharacters = InputCharacters,
            MaxOutputTokens = MaxOutputTokens,
            Parts = PartsOf(),
            Amount = Amount,
            MinAmount = MinAmount,
            User = User ?? UsageRow.AnonymousUser,
            Session = Session,
            RequestId = RequestId,
            Ttl = Ttl ?? CheckCommand.DefaultTtl,
            DryRun = DryRun,
            Explain = Explain,
            VisibleDepth = visibleDepth,
            AnswerWithin = answerWithin,
        };
    }
}
