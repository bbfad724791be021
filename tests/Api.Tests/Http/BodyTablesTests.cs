using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Channels;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters.Moves;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Prices;
using BudgetEngine.Api.Prices.Repricing;
using BudgetEngine.Api.Reconciliation;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Tests.Http;

/// <summary>Bodies are read field by field and described by records: both must know the same fields, and no table of fields may be longer than the reader counts.</summary>
public class BodyTablesTests
{
    private const string NoKnownField = """{"~":0}""";

    [Fact]
    public void Check_AndItsRecord_HaveTheSameFields() =>
        Same<CheckRequest>(faults => CheckJson.TryRead(Body(NoKnownField), Resolution.Nano, TimeSpan.FromSeconds(1), 0, faults, out _));

    [Fact]
    public void UsageRecord_AndItsRecord_HaveTheSameFields() => Same<UsageRecordRequest>(faults => UsageJson.Read(Body(NoKnownField), Resolution.Nano, faults));

    [Fact]
    public void Extension_AndItsRecord_HaveTheSameFields() => Same<ExtensionRequest, ReservationEndpoints.Extension>(new(), ReservationEndpoints.Extension.Read);

    [Fact]
    public void Correction_AndItsRecord_HaveTheSameFields() => Same<CorrectionRequest, CorrectionEndpoints.Draft>(new(), CorrectionEndpoints.Draft.Read);

    [Fact]
    public void Increase_AndItsRecord_HaveTheSameFields() => Same<IncreaseRequest, IncreaseEndpoints.Draft>(new(), IncreaseEndpoints.Draft.Read);

    [Fact]
    public void Pause_AndItsRecord_HaveTheSameFields() => Same<PauseRequest, PauseEndpoints.Draft>(new(), PauseEndpoints.Draft.Read);

    [Fact]
    public void Channel_AndItsRecord_HaveTheSameFields() => Same<ChannelRequest, ChannelDraft>(new(), ChannelDraft.Read);

    [Fact]
    public void Price_AndItsRecord_HaveTheSameFields() =>
        Same<PriceRequest, PriceDraft>(new(), PriceDraft.Read);

    [Fact]
    public void Move_AndItsRecord_HaveTheSameFields() => Same<MoveRequest, MoveDraft>(new(), MoveDraft.Read);

    [Fact]
    public void Archive_AndItsRecord_HaveTheSameFields() => Same<ArchiveRequest, ArchiveDraft>(new(), ArchiveDraft.Read);

    [Fact]
    public void Reprice_AndItsRecord_HaveTheSameFields() => Same<RepriceRequest, RepriceDraft>(new(), RepriceDraft.Read);

    [Fact]
    public void InvoiceLine_AndItsRecord_HaveTheSameFields() =>
        Same<InvoiceLineRequest, JsonInvoice.LineDraft>(new(new InvoiceLines(TenantCalendar.Utc, Resolution.Nano, new FaultList())), JsonInvoice.LineDraft.Read);

    [Fact]
    public void Key_AndItsRecord_HaveTheSameFields() => Same<KeyRequest, KeyDraft>(new(isPatch: false), KeyDraft.Read);

    [Fact]
    public void KeyPatch_AndItsRecord_HaveTheSameFields() => Same<KeyPatchRequest, KeyDraft>(new(isPatch: true), KeyDraft.Read);

    [Fact]
    public void Gateway_AndItsRecord_HaveTheSameFields() => Same<GatewaySettings, KeyDraft>(new(isPatch: true), KeyDraft.Read, within: "gateway");

    [Fact]
    public void Budget_AndItsRecord_HaveTheSameFields() => Same<BudgetSettings, BudgetDraft>(new(Budget.Empty), BudgetReader.Read);

    [Theory]
    [InlineData("per_user")]
    [InlineData("per_child")]
    public void Limits_AndTheirRecord_HaveTheSameFields(string within) => Same<LimitSettings, BudgetDraft>(new(Budget.Empty), BudgetReader.Read, within);

    [Fact]
    public void DefaultPrice_AndItsRecord_HaveTheSameFields() => Same<TokenPriceSettings, BudgetDraft>(new(Budget.Empty), BudgetReader.Read, "default_price");

    [Fact]
    public void Threshold_AndItsRecord_HaveTheSameFields() =>
        Same<ThresholdSetting>(faults => Read(new BudgetDraft(Budget.Empty), BudgetReader.Read, """{"thresholds":[{"~":0}]}""", faults), "thresholds[0].");

    [Fact]
    public void Table_OfMoreFieldsThanAreCounted_IsRefused()
    {
        static void AskTooMuch(ref JsonFields fields, object draft)
        {
            while (fields.Next())
            {
                for (var i = 0; i <= 64; i++) fields.Is("unknown"u8);
            }
        }

        Assert.Throws<InvalidOperationException>(() => Read(new object(), AskTooMuch, NoKnownField, new FaultList()));
    }

    private static void Same<TRecord, TDraft>(TDraft draft, FieldsReader<TDraft> read, string? within = null) => Same<TRecord>(
        faults => Read(draft, read, within is null ? NoKnownField : $$$"""{"{{{within}}}":{{{NoKnownField}}}}""", faults), within is null ? "" : within + ".");

    private static void Same<TRecord>(Action<FaultList> read, string prefix = "")
    {
        var faults = new FaultList { Asked = [] };
        read(faults);
        var asked = faults.Asked.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Select(n => n[prefix.Length..]).Where(n => !n.Contains('.'));
        var described = typeof(TRecord).GetProperties().Where(p => p.GetMethod!.IsPublic)
            .Select(p => p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));
        Assert.Equal(described.Order(), asked.Distinct().Order());
    }

    private static void Read<T>(T draft, FieldsReader<T> read, string body, FaultList faults)
    {
        Assert.True(JsonFields.TryOpen(Body(body), Resolution.Nano, faults, out var fields));
        read(ref fields, draft);
    }

    private static ReadOnlySequence<byte> Body(string text) => new(Encoding.UTF8.GetBytes(text));
}
