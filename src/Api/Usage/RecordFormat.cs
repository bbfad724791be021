using System.Buffers;

namespace BudgetEngine.Api.Usage;

/// <summary>Reads one record; what cannot be read is part of the result.</summary>
internal delegate UsageInput RecordReader(in ReadOnlySequence<byte> record);

/// <summary>How the records of a body are read, and what bounds them.</summary>
/// <param name="MaxRecordBytes">Of one record, decompressed.</param>
/// <param name="MaxArrayBytes">Of a whole JSON array, decompressed; null: it is a stream without limit, of which a record that is no JSON is one that is rejected.</param>
/// <param name="MaxArrayRecords">Null: no limit.</param>
internal sealed record RecordFormat(RecordReader Read, int MaxRecordBytes, int? MaxArrayBytes = null, int? MaxArrayRecords = null)
{
    /// <summary>Whether a record that is no JSON ends the array that it stands in.</summary>
    public bool BreaksOff => MaxArrayBytes is not null;
}
