using System.Net;
using System.Text.RegularExpressions;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Dashboard.Tests.Harness;

/// <summary>A browser without a screen: keeps cookies, follows no redirect, and sends forms as a browser does.</summary>
internal sealed partial class Visitor(ApiHost api) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = api.Address };

    public string Origin { get; } = api.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>The token of the last page that had a form.</summary>
    public string FormToken { get; private set; } = "";

    public async Task<Page> GetAsync(string path, params string[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var header in headers) request.Headers.TryAddWithoutValidation(header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim());
        return await SendAsync(request);
    }

    /// <summary>A form of the last page; <paramref name="origin"/> null: the browser says nothing of where it comes from.</summary>
    public Task<Page> PostAsync(string path, (string Name, string Value)[] fields) => PostAsync(path, fields, FormToken, Origin);

    public async Task<Page> PostAsync(string path, (string Name, string Value)[] fields, string? token, string? origin, string? site = null)
    {
        var all = fields.Select(f => KeyValuePair.Create(f.Name, f.Value)).ToList();
        if (token is not null) all.Add(new("form_token", token));
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) };
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        if (site is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        return await SendAsync(request);
    }

    /// <summary>A form of the last page whose last byte is held back until something has happened that happens when the server has begun to read it.</summary>
    public async Task<Page> PostSlowlyAsync(string path, (string Name, string Value)[] fields, Func<Task> meanwhile)
    {
        var all = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), new("form_token", FormToken)]);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new SlowContent(await all.ReadAsByteArrayAsync(), meanwhile) };
        request.Content.Headers.ContentType = all.Headers.ContentType;
        request.Headers.TryAddWithoutValidation("Origin", Origin);
        // The server asks for the rest when it begins to read.
        request.Headers.ExpectContinue = true;
        return await SendAsync(request);
    }

    public async Task<Page> SignInAsync(string key)
    {
        await GetAsync("/sign-in");
        return await PostAsync("/sign-in", [("key", key), ("next", "/")]);
    }

    public void Dispose() => _client.Dispose();

    private async Task<Page> SendAsync(HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var text = response.Content.Headers.ContentEncoding.Count > 0 ? "" : System.Text.Encoding.UTF8.GetString(body);
        if (Token().Match(text) is { Success: true } token) FormToken = token.Groups[1].Value;
        return new Page(response.StatusCode, text, body.Length, response.Headers.Location?.OriginalString,
            string.Join('\n', response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []),
            string.Join(',', response.Headers.TryGetValues("Content-Security-Policy", out var policy) ? policy : []));
    }

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}

/// <summary>An answer.</summary>
internal sealed record Page(HttpStatusCode Status, string Html, int Bytes, string? Location, string Cookies, string Policy)
{
    public Page Has(string text)
    {
        Assert.True(Html.Contains(text, StringComparison.Ordinal), $"'{text}' is not in: {Html}");
        return this;
    }

    public Page HasNot(string text)
    {
        Assert.False(Html.Contains(text, StringComparison.Ordinal), $"'{text}' is in: {Html}");
        return this;
    }

    public Page Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"expected {(int)status}, got {(int)Status}: {Html}");
        return this;
    }
}
