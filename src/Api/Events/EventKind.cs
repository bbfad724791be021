using BudgetEngine.Domain;

namespace BudgetEngine.Api;

internal enum EventKind
{
    Decision,
    Spend,
    Alert,
    Budget,
}
