using Orleans.Streams;

namespace BudgetEngine.SimulatedSilo.Streams;

/// <summary>Says where an event comes from and which it was.</summary>
internal sealed class MemoryStreamToken(string provider, StreamId stream, long number) : StreamSequenceToken
{
    internal string Provider { get; } = provider;

    internal StreamId Stream { get; } = stream;

    public override long SequenceNumber { get; protected set; } = number;

    public override int EventIndex { get; protected set; }

    public override bool Equals(StreamSequenceToken? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => SequenceNumber.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => SequenceNumber.CompareTo(other?.SequenceNumber ?? -1);
}
