using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;
using BudgetEngine.Silo.Logging;

namespace BudgetEngine.Silo.Commands;

/// <summary>What a person sees when the process has started.</summary>
internal static class Banner
{
    public static void Print(WebApplication app)
    {
        // Programs that read JSON, line by line, find the same in the line of the start.
        if (LogOutput.IsJson(app.Configuration)) return;
        var (store, keys) = (app.Services.GetRequiredService<ILedgerStore>(), app.Services.GetRequiredService<KeyRing>());
        foreach (var line in Lines([.. app.Urls], store.Description, keys.IsOpen)) Console.WriteLine(line);
    }

    /// <summary>The calls in it work as they stand: with the key's header once keys exist.</summary>
    internal static IReadOnlyList<string> Lines(IReadOnlyList<string> urls, string store, bool open)
    {
        var address = urls.Count == 0 ? "http://127.0.0.1:8080" : urls[0];
        var key = open ? "" : " -H \"X-Budget-Key: $BUDGET_KEY\"";
        return
        [
            $"BudgetEngine listens on {string.Join(", ", urls)}",
            $"  store    {store}",
            $"  access   {(open ? OpenMode.Warning : "by key")}",
            $"  pages    {address}/",
            open ? "Try:" : "Try, with a key in BUDGET_KEY:",
            $"  curl -s -X PUT {address}/v1/budgets/acme/engineering{key} -H 'Content-Type: application/json' -d '{{\"daily\": 5}}'",
            $"  curl -s {address}/v1/check{key} -H 'Content-Type: application/json' -d '{{\"cost_center\": \"acme/engineering/search\", \"amount\": 0.02}}'",
        ];
    }
}
