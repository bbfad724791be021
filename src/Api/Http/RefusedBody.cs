using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Http;

/// <summary>
/// What is still to come of a body whose request is refused. The server would throw it away as fast as it comes, for five seconds: refused bodies of a gigabyte a second take the processors from
/// everybody else.
/// </summary>
internal static class RefusedBody
{
    /// <summary>What is thrown away of a body before its connection is cut: a sender that looks for its answer only when it has sent all, and has not much more to send, sees it.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>How long its end is waited for.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(1);

    /// <summary>After the answer has been written.</summary>
    public static async Task EndAsync(HttpContext context, TimeProvider clock)
    {
        await context.Response.CompleteAsync();
        using var late = new CancellationTokenSource(Within, clock);
        var reader = context.Request.BodyReader;
        try
        {
            for (var thrown = 0L; thrown <= MaxBytes;)
            {
                var read = await reader.ReadAsync(late.Token);
                thrown += read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // Too late, or broken off: cut in any case.
        }

        context.Abort();
    }
}
