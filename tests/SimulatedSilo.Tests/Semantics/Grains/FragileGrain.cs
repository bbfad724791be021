namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

/// <summary>A grain whose beginning and end go wrong; the first part of its key says how.</summary>
public interface IFragileGrain : IGrainWithStringKey
{
    Task Note(string note);

    Task End();
}

public sealed class FragileGrain(IGrainContext context) : Grain(context), IFragileGrain
{
    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    private bool Is(string fault) => this.GetPrimaryKeyString().StartsWith(fault, StringComparison.Ordinal);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Write("activation begins");
        if (Is("slow")) await Gate.Wait(this.GetPrimaryKeyString());
        if (Is("fails-at-once")) throw new ProbeException("no beginning");
        if (Is("fails") && Journal.Entries.Count(e => e == "activation begins") == 1)
        {
            await Gate.Wait(this.GetPrimaryKeyString());
            throw new ProbeException("no beginning");
        }

        if (Is("ends-itself")) DeactivateOnIdle();
        Journal.Write("activation ends");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Write("deactivation begins");
        if (Is("lingers")) await Gate.Wait(this.GetPrimaryKeyString());
        if (Is("throws")) throw new ProbeException("no end");
        Journal.Write("deactivation ends");
    }

    public Task Note(string note)
    {
        Journal.Write(note);
        return Task.CompletedTask;
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

/// <summary>A grain that cannot be constructed.</summary>
public interface IUnbornGrain : IGrainWithStringKey
{
    Task Note(string note);
}

public sealed class UnbornGrain : Grain, IUnbornGrain
{
    public UnbornGrain(IGrainContext context) : base(context) => throw new ProbeException("no constructor");

    public Task Note(string note) => Task.CompletedTask;
}
