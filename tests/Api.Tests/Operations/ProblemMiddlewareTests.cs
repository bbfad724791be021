using System.Text.Json.Nodes;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Api.Tests.Operations;

public class ProblemMiddlewareTests
{
    [Fact]
    public async Task LedgerOutOfReach_Is503WithRetryAfter()
    {
        var (context, body) = await RunAsync(_ => throw new LedgerUnavailableException("secret host name"));
        Assert.Equal(503, context.Response.StatusCode);
        Assert.Equal("ledger_unavailable", (string?)body["code"]);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
        Assert.DoesNotContain("secret", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bug_Is500WithoutInternals()
    {
        var (context, body) = await RunAsync(_ => throw new InvalidOperationException("internals"));
        Assert.Equal(500, context.Response.StatusCode);
        Assert.Equal("internal_error", (string?)body["code"]);
        Assert.DoesNotContain("internals", body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(context.Response.Headers["X-Request-ID"].ToString(), (string?)body["request_id"]);
    }

    [Theory]
    [InlineData(404, "not_found")]
    [InlineData(405, "method_not_allowed")]
    [InlineData(413, "body_too_large")]
    public async Task BareStatus_BecomesAProblem(int status, string code)
    {
        var (context, body) = await RunAsync(c =>
        {
            c.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal("application/problem+json", context.Response.ContentType);
        Assert.Equal(code, (string?)body["code"]);
        Assert.Equal(status, (int)body["status"]!);
    }

    [Fact]
    public void EveryCode_HasAStatusOfTheContract()
    {
        int[] known = [400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 429, 500, 503];
        Assert.All(ApiCode.Table, entry => Assert.Contains(entry.Value.Status, known));
    }

    private static async Task<(HttpContext Context, JsonNode Body)> RunAsync(RequestDelegate next)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/v1/check";
        using var body = new MemoryStream();
        context.Response.Body = body;
        await new ProblemMiddleware(next, new RefusedBodies(TimeProvider.System), NullLogger<ProblemMiddleware>.Instance).InvokeAsync(context);
        await context.Response.BodyWriter.FlushAsync();
        return (context, JsonNode.Parse(body.ToArray())!);
    }
}
