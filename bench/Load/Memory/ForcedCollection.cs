using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Load.Memory;

/// <summary>
/// Makes another .NET process collect its garbage, by its diagnostic socket: a trace session with the keyword GCHeapCollect begins with a full collection.
/// The protocol is documented in dotnet/diagnostics, "ipc-protocol.md".
/// </summary>
internal static class ForcedCollection
{
    private const int HeaderLength = 20;
    private const byte EventPipe = 2;
    private const byte CollectTracing2 = 3;
    private const ulong GcHeapCollect = 0x800000;
    private const string Provider = "Microsoft-Windows-DotNETRuntime";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    /// <returns>False: the process has no such socket.</returns>
    public static async Task<bool> RunAsync(int processId, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{processId}-*-socket");
        // A killed process leaves its socket behind, and process ids come again.
        if (new DirectoryInfo(Path.GetTempPath()).EnumerateFiles(name).MaxBy(f => f.CreationTimeUtc) is not { FullName: var path }) return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        await socket.SendAsync(Command(), SocketFlags.None, cancellationToken);
        // The collection is done before the session's first event block is written; closing the socket ends the session.
        var buffer = new byte[4096];
        for (var received = 0; received <= HeaderLength + sizeof(long);)
        {
            var next = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).AsTask().WaitAsync(Wait, TimeProvider.System, cancellationToken);
            if (next == 0) return false;
            received += next;
        }

        await Task.Delay(Sizes.MemoryPause, TimeProvider.System, cancellationToken);
        return true;
    }

    private static byte[] Command()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(1u);
        writer.Write(1u);
        writer.Write(false);
        writer.Write(1u);
        writer.Write(GcHeapCollect);
        writer.Write(4u);
        writer.Write(Provider.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(Provider + '\0'));
        writer.Write(0u);
        var command = new byte[HeaderLength + payload.Length];
        "DOTNET_IPC_V1"u8.CopyTo(command);
        BinaryPrimitives.WriteUInt16LittleEndian(command.AsSpan(14), (ushort)command.Length);
        command[16] = EventPipe;
        command[17] = CollectTracing2;
        payload.ToArray().CopyTo(command, HeaderLength);
        return command;
    }
}
