using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Silos;

/// <summary>Several silos of one machine beside a single one, on the same cores.</summary>
/// <param name="One">Check + release on a single silo.</param>
/// <param name="Several">The same on <paramref name="Silos"/> of them, in turns with it.</param>
/// <param name="MessagesPerCheck">Between processes, requests and answers; what idle silos send is taken off.</param>
/// <param name="IdlePerSecond">Messages of all silos together when nobody asks.</param>
internal sealed record SilosFigures(string Contestant, int Silos, LoadFigures One, LoadFigures Several, Spread MessagesPerCheck, double IdlePerSecond);
