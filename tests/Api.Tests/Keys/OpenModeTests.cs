using System.Net;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Tests.Keys;

public class OpenModeTests
{
    /// <summary>Remote address, host, further headers, whether it is admitted.</summary>
    public static TheoryData<string?, string, string, bool> Requests => new()
    {
        { "127.0.0.1", "localhost:8080", "", true },
        { "127.0.0.1", "127.0.0.1", "", true },
        { "::1", "[::1]:8080", "", true },
        { "::ffff:127.0.0.1", "localhost", "", true },
        { null, "localhost", "", false },
        { "10.0.0.5", "localhost", "", false },
        { "127.0.0.1", "budget.example.com", "", false },
        { "127.0.0.1", "localhost.example.com", "", false },
        { "127.0.0.1", "", "", false },
        { "127.0.0.1", "localhost", "X-Forwarded-For: 1.2.3.4", false },
        { "127.0.0.1", "localhost", "x-forwarded-anything: 1", false },
        { "127.0.0.1", "localhost", "Forwarded: for=1.2.3.4", false },
        { "127.0.0.1", "localhost", "X-Real-IP: 1.2.3.4", false },
        { "127.0.0.1", "localhost", "Via: 1.1 proxy", false },
        { "127.0.0.1", "localhost:8080", "Origin: http://localhost:8080", true },
        { "127.0.0.1", "localhost:8080", "Origin: http://localhost:3000", false },
        { "127.0.0.1", "localhost:8080", "Origin: https://evil.example", false },
        { "127.0.0.1", "localhost:8080", "Origin: null", false },
        { "127.0.0.1", "localhost", "Sec-Fetch-Site: same-origin", true },
        { "127.0.0.1", "localhost", "Sec-Fetch-Site: none", true },
        { "127.0.0.1", "localhost", "Sec-Fetch-Site: cross-site", false },
        { "127.0.0.1", "localhost", "Sec-Fetch-Site: same-site", false },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Admits_OnlyALocalCaller(string? remote, string host, string header, bool admitted)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        if (header.Length > 0) context.Request.Headers[header[..header.IndexOf(':')]] = header[(header.IndexOf(':') + 2)..];
        Assert.Equal(admitted, OpenMode.Admits(context));
    }

    [Fact]
    public async Task OpenMode_EndsWithTheFirstKey_ForGood()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        Assert.Contains(OpenMode.Warning, (await api.SendAsync("GET", "/")).Body, StringComparison.Ordinal);
        (await api.SendAsync("GET", "/v1/budgets", null, "X-Forwarded-For: 1.2.3.4")).ExpectProblem(401, "key_required");
        (await api.SendAsync("GET", "/v1/budgets", null, "Host: evil.example")).ExpectProblem(401, "key_required");
        var made = (await api.SendAsync("POST", "/v1/keys", """{"name":"first","scopes":["admin"]}""")).Expect(HttpStatusCode.Created);
        var key = (string)made.Json["key"]!;
        Assert.StartsWith("bk_", key, StringComparison.Ordinal);
        (await api.SendAsync("GET", "/v1/budgets")).ExpectProblem(401, "key_required");
        (await api.SendAsync("GET", "/v1/budgets", null, $"X-Budget-Key: {key}")).Expect(HttpStatusCode.OK);
        (await api.SendAsync("DELETE", $"/v1/keys/{made.Json["id"]}", null, $"X-Budget-Key: {key}")).Expect(HttpStatusCode.NoContent);
        // Revoked is not "never created": the store has had a key.
        (await api.SendAsync("GET", "/v1/budgets")).ExpectProblem(401, "key_required");
        Assert.DoesNotContain(OpenMode.Warning, (await api.SendAsync("GET", "/")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutKeysOpen_AKeyIsNeeded()
    {
        await using var api = await ApiHost.StartAsync([]);
        (await api.SendAsync("GET", "/v1/budgets")).ExpectProblem(401, "key_required");
        (await api.SendAsync("GET", "/health/live")).Expect(HttpStatusCode.OK);
    }
}
