using System.Buffers;

namespace BudgetEngine.Api;

/// <summary>Writes decisions as the API answers them, for those who measure it.</summary>
public static class CheckAnswerJson
{
    /// <param name="explain">Adds every limited window.</param>
    public static void Write(IBufferWriter<byte> output, CheckAnswer answer, bool explain) => JsonAnswer.Write(output, CheckResponse.Of(answer, explain));
}
