using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Checks;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Load.Servers;

/// <summary>Reads a check as the engine does and answers a constant of the same size: what HTTP and JSON alone cost.</summary>
internal sealed class EchoServer(byte[] answer)
{
    public const string Verb = "serve-echo";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string port, string answerFile)
    {
        var echo = new EchoServer(await File.ReadAllBytesAsync(answerFile));
        await using var app = PlainHost.Build(port, echo.CheckAsync, PlainHost.RefuseAsync);
        await app.RunAsync();
        return 0;
    }

    private async Task CheckAsync(HttpContext context)
    {
        var body = await PlainHost.ReadAsync(context.Request.BodyReader);
        var command = CheckJson.Read(body.Buffer, Resolution.Nano, AnswerWithin, visibleDepth: 0);
        context.Request.BodyReader.AdvanceTo(body.Buffer.End);
        await (command is null ? PlainHost.RefuseAsync(context) : PlainHost.AnswerAsync(context, answer));
    }
}
