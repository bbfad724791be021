using System.Buffers;
using System.Text;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Gateway;

/// <summary>How requests of a gateway that has this key are read and answered.</summary>
/// <param name="Trust">Input headers that the gateway overwrites, so that they are its word and not the end client's.</param>
/// <param name="DenyStatus">For every denial; null: by reason.</param>
/// <param name="FullDetail">Whether amounts and cost center may reach the end client.</param>
/// <param name="DefaultAmount">What is checked when there is nothing to estimate from, in units of the currency: a key is read without knowing how finely that is counted.</param>
internal sealed record GatewayProfile(
    IReadOnlyList<string> Trust, int? DenyStatus, DenialFormat Format, bool FullDetail, decimal DefaultAmount, TimeSpan Ttl)
{
    public static readonly string[] InputHeaders =
        ["X-Cost-Center", "X-User-ID", "X-Session-ID", "X-Budget-Model", "X-Budget-Input-Tokens", "X-Budget-Max-Output-Tokens", "X-Budget-Amount"];

    public static readonly GatewayProfile Default = new([], null, DenialFormat.Problem, false, 0, CheckCommand.DefaultTtl);

    /// <summary>Of open mode: there is no key to say which headers count.</summary>
    public static readonly GatewayProfile TrustingAll = Default with { Trust = InputHeaders };

    public static readonly WordTable<DenialFormat> Formats =
        new((DenialFormat.Problem, "problem"), (DenialFormat.OpenAi, "openai"), (DenialFormat.Anthropic, "anthropic"));

    public bool Trusts(string header)
    {
        foreach (var trusted in Trust)
        {
            if (string.Equals(trusted, header, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Reads the fields of a profile over this one. Called inside the object.</summary>
    public GatewayProfile Read(ref JsonFields fields)
    {
        var profile = this;
        while (fields.Next())
        {
            if (fields.Is("trust"u8)) profile = profile with { Trust = ReadTrust(ref fields) };
            else if (fields.Is("deny_status"u8)) profile = profile with { DenyStatus = ReadDenyStatus(ref fields) };
            else if (fields.Is("format"u8)) profile = profile with { Format = ReadFormat(ref fields) };
            else if (fields.Is("detail"u8)) profile = profile with { FullDetail = ReadDetail(ref fields) };
            else if (fields.Is("default_amount"u8)) profile = profile with { DefaultAmount = fields.Units() ?? 0 };
            else if (fields.Is("ttl_seconds"u8)) profile = profile with { Ttl = CheckJson.ReadTtl(ref fields) ?? CheckCommand.DefaultTtl };
            else fields.Unknown();
        }

        return profile;
    }

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonAnswer.Write(buffer, null, GatewaySettings.Of(this));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static GatewayProfile FromJson(string? json)
    {
        if (json is null) return Default;
        var faults = new FaultList();
        // Only what ToJson wrote is stored, so there are no faults; what an older program knew and this one does not is left out.
        return JsonFields.TryOpen(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), null, faults, out var fields) ? Default.Read(ref fields) : Default;
    }

    private static List<string> ReadTrust(ref JsonFields fields)
    {
        var trust = new List<string>();
        if (!fields.EnterArray()) return trust;
        while (fields.NextItem())
        {
            if (fields.ItemText(64) is not { } header) continue;
            var known = Array.Find(InputHeaders, h => h.Equals(header, StringComparison.OrdinalIgnoreCase));
            if (known is null) fields.Fault($"must be names of input headers: {string.Join(", ", InputHeaders)}");
            else if (!trust.Contains(known)) trust.Add(known);
        }

        return trust;
    }

    private static int? ReadDenyStatus(ref JsonFields fields)
    {
        var status = fields.Integer(0, 999);
        if (status is null or 402 or 403 or 429) return (int?)status;
        fields.Fault("must be 402, 403 or 429");
        return null;
    }

    private static DenialFormat ReadFormat(ref JsonFields fields)
    {
        if (fields.Text(32) is not { } word) return DenialFormat.Problem;
        if (Formats.Parse(word) is { } format) return format;
        fields.Fault($"must be one of {string.Join(", ", Formats.All)}");
        return DenialFormat.Problem;
    }

    private static bool ReadDetail(ref JsonFields fields)
    {
        var word = fields.Text(32);
        if (word is not (null or GatewaySettings.PublicWord or GatewaySettings.FullWord)) fields.Fault("must be public or full");
        return word == GatewaySettings.FullWord;
    }
}
