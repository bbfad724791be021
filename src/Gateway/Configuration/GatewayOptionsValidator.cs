using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Configuration;

/// <summary>Names every fault of the gateway's configuration at once.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    private static readonly string[] Taken = ["v1", "health", "metrics", "openapi", "orleans"];

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var faults = new List<string>();
        if (options.Engine is { } engine && !IsHttp(engine)) faults.Add($"Gateway:Engine is '{engine}'; it is an address such as http://127.0.0.1:8080");
        if (options.Upstreams.Count == 0) faults.Add("Gateway:Upstreams is empty; set Gateway:Upstreams:openai:BaseUrl or another");
        if (options.MaxBufferedBytes / GatewayOptions.ShareOfOneCaller < options.MaxRequestBytes)
        {
            faults.Add($"Gateway:MaxBufferedBytes is {options.MaxBufferedBytes}; it is at least {GatewayOptions.ShareOfOneCaller} times Gateway:MaxRequestBytes, which is {options.MaxRequestBytes}");
        }

        foreach (var (upstream, settings) in options.Upstreams)
        {
            if (!_name.IsMatch(upstream) || Taken.Contains(upstream)) faults.Add($"Gateway:Upstreams:{upstream}: a name is a segment of a path, in small letters, and none of {string.Join(", ", Taken)}");
            if (!IsHttp(settings.BaseUrl)) faults.Add($"Gateway:Upstreams:{upstream}:BaseUrl is '{settings.BaseUrl}'; it is an address such as https://api.openai.com/v1");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsHttp(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https") && address.Query.Length == 0;

    private static readonly Regex _name = new(@"^[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.NonBacktracking);
}
