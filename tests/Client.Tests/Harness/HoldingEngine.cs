using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace BudgetEngine.Client.Tests.Harness;

/// <summary>As much of an engine as a call of a model asks: one reservation, whose deadline runs on the test's clock.</summary>
internal sealed class HoldingEngine(TimeProvider clock) : HttpMessageHandler
{
    private readonly Lock _sync = new();
    private DateTimeOffset _until;

    /// <summary>Nothing is answered.</summary>
    public bool IsDown { get; set; }

    /// <summary>Checks are answered once this is, whether or not anybody waits.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    public int Extensions { get; private set; }

    /// <summary>Extensions and settles that came after the deadline, or after the end.</summary>
    public int Late { get; private set; }

    public bool IsEnded { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown) throw new HttpRequestException("The engine is away.");
        var body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        await Answers;
        lock (_sync) return Answer(request.RequestUri!.AbsolutePath, body);
    }

    private HttpResponseMessage Answer(string path, JsonNode? body)
    {
        var isLate = IsEnded || clock.GetUtcNow() >= _until;
        if (path == "/v1/check" || path.EndsWith("/extend", StringComparison.Ordinal))
        {
            if (path != "/v1/check")
            {
                Extensions++;
                if (isLate) return Refused();
            }

            _until = clock.GetUtcNow().AddSeconds((int)body!["ttl_seconds"]!);
            return Json("""{"decision":"allow","reservation_id":"rsv_1","estimated":1,"granted":1}""");
        }

        if (isLate) Late++;
        IsEnded = true;
        return Json(path == "/v1/usage" ? """{"request_id":"r","result":"recorded","cost":1,"flags":[],"decision":"allow"}""" : """{"state":"released"}""");
    }

    private HttpResponseMessage Refused()
    {
        Late++;
        return new HttpResponseMessage(HttpStatusCode.Conflict) { Content = new StringContent("""{"code":"reservation_ended"}""", Encoding.UTF8, "application/problem+json") };
    }

    private static HttpResponseMessage Json(string body) => new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
