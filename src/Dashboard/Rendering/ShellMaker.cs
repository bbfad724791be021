using System.Reflection;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Dashboard.Sessions;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Makes the shell of a page for its reader.</summary>
internal sealed class ShellMaker(NavigationCounts counts, KeyRing ring, Readiness readiness, Resolution resolution, IOptions<InstallationOptions> installation, TimeProvider clock)
{
    private const string ThemeCookie = "theme";

    public static string Version { get; } = typeof(ShellMaker).Assembly.GetName().Version is { } v ? $"v{v.Major}.{v.Minor}.{v.Build}" : "";

    /// <summary>Light or dark as the reader chose; null: as the system says.</summary>
    public static string? ThemeOf(HttpContext context) => context.Request.Cookies[ThemeCookie] is ("light" or "dark") and var theme ? theme : null;

    public async Task<Shell> MakeAsync(HttpContext context, ApiKey caller, string title, string view)
    {
        var (alerts, unpriced) = await counts.OfAsync(caller, context);
        return new Shell(
            title, view, ThemeOf(context), ring.IsOpen ? null : caller.Name, caller.Has(Scopes.Admin), caller.IsWholeInstallation, alerts, unpriced,
            Readiness.States.Of(readiness.State), Version, FormToken.Of(context), Toasts.Of(context.Request.Query["done"]), new Currency(installation.Value.Currency, resolution), clock.GetUtcNow());
    }
}
