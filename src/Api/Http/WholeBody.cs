using System.Buffers;
using System.IO.Pipelines;
using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Http;

/// <summary>A body in the pipe's buffers, or the problem that kept it from being read. <see cref="Release"/> gives the buffers back.</summary>
/// <param name="Parts">Of a body that came in parts: it keeps the room that the whole takes.</param>
internal readonly record struct WholeBody(PipeReader? Reader, ReadOnlySequence<byte> Bytes, BodyPipe? Parts, Problem? Problem = null)
{
    public WholeBody(Problem problem)
        : this(null, default, null, problem)
    {
    }

    public void Release()
    {
        Reader?.AdvanceTo(Bytes.End);
        Parts?.Dispose();
    }
}
