using BudgetEngine.Client.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Client.Tests.Http;

public sealed class BudgetScopeMiddlewareTests
{
    [Fact]
    public async Task Request_WithTrustedHeaders_CarriesItsScopeToWhatItCalls()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseBudgetScope(BudgetScopeMiddleware.FromHeaders);
        app.MapGet("/", async () =>
        {
            await Task.Yield();
            return $"{BudgetScope.Current}";
        });
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Cost-Center", "acme/search");
        request.Headers.Add("X-User-ID", "u-1");
        var scope = await (await http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Equal($"{new BudgetScope("acme/search", "u-1")}", scope);
        Assert.Equal($"{new BudgetScope()}", await http.GetStringAsync("/"));
        Assert.Null(BudgetScope.Current);
    }
}
