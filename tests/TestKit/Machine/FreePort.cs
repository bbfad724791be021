using System.Net;
using System.Net.Sockets;

namespace BudgetEngine.TestKit.Machine;

/// <summary>
/// Ports for servers that are told where to listen. Each process of tests has a block of them, locked for as long as it lives: between being chosen here and being listened at, no other
/// process of tests takes one of them.
/// </summary>
public static class FreePort
{
    // Below what Linux gives to connections (from 32768): a port of theirs may become anybody's. Above what an engine alone takes for its silo (to 19999).
    private const int First = 20_000;
    private const int Blocks = 60;
    private const int BlockSize = 200;

    private static readonly Lock _lock = new();
    private static FileStream? _block;
    private static int _firstOfBlock;
    private static int _next;

    public static int Next()
    {
        lock (_lock)
        {
            if (_block is null) TakeBlock();
            for (var tries = 0; tries < BlockSize; tries++)
            {
                var port = _firstOfBlock + _next++ % BlockSize;
                if (IsFree(port)) return port;
            }
        }

        throw new InvalidOperationException($"None of {BlockSize} ports from {_firstOfBlock} on is free.");
    }

    private static void TakeBlock()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"test-ports-{Environment.UserName}")).FullName;
        var first = Random.Shared.Next(Blocks);
        for (var i = 0; i < Blocks; i++)
        {
            var block = (first + i) % Blocks;
            try
            {
                _block = new FileStream(Path.Combine(folder, $"{block}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                _firstOfBlock = First + block * BlockSize;
                return;
            }
            catch (IOException)
            {
                // Another process has it.
            }
        }

        throw new InvalidOperationException($"All {Blocks} blocks of ports are taken: see {folder}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
