using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Silo.Doctor;

/// <summary>Where backups of the ledger are written, for the look at them when a process starts. The engine makes none itself.</summary>
public sealed class BackupOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Backups";

    /// <summary>The folder in which a new file is a new backup; none: nobody looks.</summary>
    public string? Folder { get; set; }

    /// <summary>How old the newest file may be; default 2 days. Longer: a backup that has stopped is noticed later. Shorter than the time between two: a warning at every start.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan Within { get; set; } = TimeSpan.FromDays(2);
}
