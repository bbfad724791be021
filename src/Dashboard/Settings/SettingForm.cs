using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Budgets;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Settings;

/// <summary>A form of settings that was sent, with what is wrong with it. What it says is read as the body of the API's request would be, so the rules are the same.</summary>
internal sealed class SettingForm
{
    private readonly IReadOnlyDictionary<string, string> _fields;
    private readonly Dictionary<string, string> _faults;

    public SettingForm(IReadOnlyDictionary<string, string> fields) : this(fields, new Dictionary<string, string>(StringComparer.Ordinal))
    {
    }

    private SettingForm(IReadOnlyDictionary<string, string> fields, Dictionary<string, string> faults) => (_fields, _faults) = (fields, faults);

    public static SettingForm Of(IFormCollection form) => new(form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal));

    /// <summary>As an address has them, which the preview asks for.</summary>
    public static SettingForm Of(IQueryCollection query) => new(query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal));

    public IReadOnlyDictionary<string, string> Fields => _fields;

    public IReadOnlyDictionary<string, string> Faults => _faults;

    public bool IsSound => _faults.Count == 0;

    public string this[string field] => _fields.GetValueOrDefault(field, "").Trim();

    /// <summary>The same faults beside other fields.</summary>
    public SettingForm With(IReadOnlyDictionary<string, string> fields) => new(fields, _faults);

    public void Fault(string field, string message) => _faults.TryAdd(field, message);

    /// <summary>Several of a list, or what was typed with commas between.</summary>
    public IReadOnlyList<string> List(string field) => this[field].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads a body into the API's own draft; its faults become those of the fields, without the place in a list.</summary>
    public T Read<T>(JsonObject body, T draft, FieldsReader<T> read, Action<FaultList>? check = null)
    {
        var faults = new FaultList();
        if (JsonFields.TryOpen(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body.ToJsonString())), null, faults, out var json))
        {
            read(ref json, draft);
            json.End();
        }

        check?.Invoke(faults);
        foreach (var fault in faults.Values) Fault(fault.Field.Split('[')[0], fault.Message);
        return draft;
    }

    /// <summary>Who writes, when and why: every change has a reason.</summary>
    public AdminContext Admin(ApiKey caller, TimeProvider clock) => AdminRequest.ContextOf(caller, clock, BudgetFields.ReasonOf(_fields, _faults));

    /// <summary>After a write: the page, which says what was done.</summary>
    public static void Done(HttpContext context, string page, string word, string name) => PageAnswer.GoTo(context, $"{page}?done={word}&name={Uri.EscapeDataString(name)}");
}
