using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo.Commands;

/// <summary>What a person sees when the process has started.</summary>
internal static class Banner
{
    public static void Print(WebApplication app)
    {
        var address = app.Urls.FirstOrDefault() ?? "http://127.0.0.1:8080";
        var open = app.Services.GetRequiredService<KeyRing>().IsOpen;
        Console.WriteLine($"BudgetEngine listens on {string.Join(", ", app.Urls)}");
        Console.WriteLine($"  store    {app.Services.GetRequiredService<ILedgerStore>().Description}");
        Console.WriteLine($"  access   {(open ? OpenMode.Warning : "by key")}");
        Console.WriteLine($"  pages    {address}/");
        Console.WriteLine("Try:");
        Console.WriteLine($"  curl -s -X PUT {address}/v1/budgets/acme/engineering -H 'Content-Type: application/json' -d '{{\"daily\": 5}}'");
        Console.WriteLine($"  curl -s {address}/v1/check -H 'Content-Type: application/json' -d '{{\"cost_center\": \"acme/engineering/search\", \"amount\": 0.02}}'");
    }
}
