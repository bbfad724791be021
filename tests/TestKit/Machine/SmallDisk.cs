using System.Diagnostics;

namespace BudgetEngine.TestKit.Machine;

/// <summary>A disk of a few megabytes that a test can fill. Only root may mount one.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    private string Ballast => Path.Combine(_directory, "ballast");

    public static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return "Only root may mount a small disk.";
        var directory = Directory.CreateTempSubdirectory("budget-int-disk-").FullName;
        try
        {
            Mount(directory, 1).Dispose();
            return null;
        }
        catch (InvalidOperationException failed)
        {
            return $"A small disk cannot be mounted here: {failed.Message}";
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    public static SmallDisk Mount(string directory, int megabytes)
    {
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", directory);
        return new SmallDisk(directory);
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var file = File.Create(Ballast);
        foreach (var block in (int[])[1 << 20, 4096]) Fill(file, new byte[block]);
    }

    public void Free() => File.Delete(Ballast);

    /// <summary>Takes what is left without writing: the disk becomes as small as what lies on it, and so much.</summary>
    public void Shrink(int kilobytesLeft)
    {
        for (var attempt = 0; ; attempt++)
        {
            // As the disk counts: by pages, with files that were deleted and are still open.
            var disk = new DriveInfo(_directory);
            var used = (disk.TotalSize - disk.TotalFreeSpace) / 1024;
            try
            {
                Run("mount", "-o", $"remount,size={used + kilobytesLeft}k", _directory);
                return;
            }
            catch (InvalidOperationException) when (attempt < 100)
            {
                // The engine has written since: a disk cannot be made smaller than what lies on it.
            }
        }
    }

    public void Grow(int megabytes) => Run("mount", "-o", $"remount,size={megabytes}m", _directory);

    public void Dispose() => Run("umount", "-l", _directory);

    private static void Fill(FileStream file, byte[] block)
    {
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(errors.Trim());
    }
}
