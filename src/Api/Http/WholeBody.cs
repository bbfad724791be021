using System.Buffers;
using System.IO.Pipelines;
using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Http;

/// <summary>A body in the pipe's buffers, or the problem that kept it from being read. <see cref="Release"/> gives the buffers back.</summary>
internal readonly record struct WholeBody(PipeReader? Reader, ReadOnlySequence<byte> Bytes, Problem? Problem)
{
    public void Release() => Reader?.AdvanceTo(Bytes.End);
}
