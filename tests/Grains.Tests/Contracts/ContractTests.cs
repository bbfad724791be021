using System.Reflection;
using System.Runtime.CompilerServices;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Grains.Tests.Contracts;

/// <summary>What every contract must be, so that versions of the engine understand each other and no message is shared state.</summary>
public sealed class ContractTests
{
    public static TheoryData<Type> Messages => new(ContractTypes.Messages);

    public static TheoryData<Type> Grains => new(ContractTypes.Grains);

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_Always_IsSealedImmutableAliasedAndSerializable(Type message)
    {
        Assert.True(message.IsSealed);
        Assert.NotNull(message.GetCustomAttribute<GenerateSerializerAttribute>());
        Assert.NotNull(message.GetCustomAttribute<ImmutableAttribute>());
        Assert.NotNull(message.GetCustomAttribute<AliasAttribute>());
        foreach (var member in message.GetProperties())
        {
            var mayInit = member.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? true;
            Assert.True(mayInit, $"{member.Name} can be set");
            Assert.True(ContractTypes.IsAllowed(member.PropertyType), $"{member.Name} is a {member.PropertyType}");
        }

        Assert.DoesNotContain(message.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), field => !field.IsInitOnly);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_Always_HasANumberOnEveryMember(Type message)
    {
        var numbers = message.GetProperties().Select(p => p.GetCustomAttribute<IdAttribute>()?.Id ?? throw new InvalidOperationException($"{p.Name} has none")).ToList();

        // In the order of the members, without repeats; a later gap says that a member was retired.
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.Equal(0u, numbers[0]);
    }

    [Theory]
    [MemberData(nameof(Grains))]
    public void Method_OfAGrain_TakesOneMessage(Type grain)
    {
        Assert.NotNull(grain.GetCustomAttribute<AliasAttribute>());
        foreach (var method in grain.GetMethods())
        {
            Assert.NotNull(method.GetCustomAttribute<AliasAttribute>());
            Assert.True(method.ReturnType == typeof(Task) || method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>), $"{method.Name} answers a {method.ReturnType}");
            Assert.Contains(Assert.Single(method.GetParameters()).ParameterType, ContractTypes.Messages);
        }
    }

    [Fact]
    public void Aliases_OfAllContracts_AreDifferent()
    {
        var aliases = ContractTypes.Messages.Concat(ContractTypes.Grains).Select(t => t.GetCustomAttribute<AliasAttribute>()!.Alias).ToList();
        Assert.Equal(aliases.Distinct().Count(), aliases.Count);
        foreach (var grain in ContractTypes.Grains)
        {
            var methods = grain.GetMethods().Select(m => m.GetCustomAttribute<AliasAttribute>()!.Alias).ToList();
            Assert.Equal(methods.Distinct().Count(), methods.Count);
        }
    }

    [Fact]
    public void Enums_OfContracts_AreBytesWhoseZeroIsNoSuccess()
    {
        Assert.All(ContractTypes.Enums, type => Assert.Equal(typeof(byte), Enum.GetUnderlyingType(type)));
        Assert.Equal(["Forgotten", "None", "None", "None", "None", "Unknown", "Unknown"], ContractTypes.Enums.Select(type => Enum.GetName(type, (byte)0)).Order());
    }

    [Fact]
    public void Enum_OfOutcomes_HasTheNamesAndValuesOfTheLedger()
    {
        // The grains cast from one to the other.
        Assert.Subset(Values<PostOutcome>().ToHashSet(), Values<RecordOutcome>().ToHashSet());
    }

    private static List<(string, long)> Values<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => (value.ToString(), Convert.ToInt64(value, null)))];
}
