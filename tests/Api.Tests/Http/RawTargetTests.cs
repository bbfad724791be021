using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetEngine.Api.Tests.Http;

public class RawTargetTests
{
    [Theory]
    [InlineData("/v1/budgets/acme", null)]
    [InlineData("/", null)]
    [InlineData("/v1/budgets/acme/eng.x/..a", null)]
    [InlineData("/v1/budgets/", "must not end with a slash")]
    [InlineData("/v1//budgets", "must not have a double slash")]
    [InlineData("//", "must not end with a slash")]
    [InlineData("/v1/budgets/./a", "must not have a dot segment")]
    [InlineData("/v1/budgets/a/..", "must not have a dot segment")]
    [InlineData("/v1/budgets/%2e%2E/a", "must not have a dot segment")]
    [InlineData("/v1/budgets/.%2e/a", "must not have a dot segment")]
    public void FaultOf_APath_IsNamed(string path, string? fault) => Assert.Equal(fault, RawTarget.FaultOf(path));

    [Theory]
    [InlineData("/v1/budgets/acme/eng?user=a/b", "acme/eng", null)]
    [InlineData("/v1/budgets/acme%2Feng", "acme/eng", null)]
    [InlineData("/v1/budgets/acme%252Feng", "acme%2Feng", null)]
    [InlineData("/v1/%62udgets/acme", "acme", null)]
    [InlineData("http://host:1/v1/budgets/acme", "acme", null)]
    [InlineData("/v1/budgets/a%C3%A9", "aé", null)]
    [InlineData("/v1/budgets/a%FF", null, "is not UTF-8 once decoded")]
    [InlineData("/v1/budgets/a%2", null, "has a '%' that starts no escape")]
    [InlineData("/v1/budgets/a%zz", null, "has a '%' that starts no escape")]
    public void TailOf_ATarget_IsDecodedOnce(string target, string? tail, string? fault)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        Assert.Equal(tail, RawTarget.TailOf(context, 2, out var found));
        Assert.Equal(fault, found);
    }
}
