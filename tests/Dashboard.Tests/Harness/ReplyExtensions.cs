using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Dashboard.Tests.Harness;

internal static class ReplyExtensions
{
    /// <summary>New, replaced, or nothing to say: done.</summary>
    public static void Expect2xx(this ApiReply reply) => Assert.True((int)reply.Status is >= 200 and < 300, $"{(int)reply.Status}: {reply.Body}");
}
