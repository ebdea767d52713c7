using System.Reflection;
using System.Text.RegularExpressions;
using Mediator;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>The boundaries that the compiler does not keep.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    /// <summary>1688 is asked for an order's status by the adapter's own type; it goes from here when a port of the domain stands between.</summary>
    private static readonly string[] KnownExceptions = ["Orders/OrderCheck.cs", "Payments/PaymentSettlement.cs"];

    private static readonly IReadOnlyDictionary<string, string> ApiSources = Directory
        .EnumerateFiles(Path.Combine(Root, "src", "PaymentOrchestrator.Api"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetRelativePath(Path.Combine(Root, "src", "PaymentOrchestrator.Api"), file).Replace('\\', '/'), File.ReadAllText);

    [Fact]
    public void The_domain_references_nothing_but_the_runtime()
    {
        Assert.All(typeof(Currency).Assembly.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));
        var project = File.ReadAllText(Path.Combine(Root, "src", "PaymentOrchestrator.Domain", "PaymentOrchestrator.Domain.csproj"));
        Assert.DoesNotContain("Reference Include", project, StringComparison.Ordinal);
    }

    [Fact]
    public void No_handler_sends_another_command_or_holds_another_handler()
    {
        var handlers = typeof(ApiApp).Assembly.GetTypes().Where(IsHandler).ToList();
        Assert.True(handlers.Count > 10);
        foreach (var handler in handlers)
        {
            Assert.All(
                handler.GetConstructors().SelectMany(constructor => constructor.GetParameters()),
                parameter => Assert.False(IsHandler(parameter.ParameterType) || typeof(ISender).IsAssignableFrom(parameter.ParameterType) || typeof(IPublisher).IsAssignableFrom(parameter.ParameterType), $"{handler.Name} takes {parameter.ParameterType.Name}."));
        }

        // By name as well: nobody makes a handler, and the file that declares it is the only one that knows it.
        foreach (var handler in handlers)
        {
            var named = ApiSources.Where(source => Regex.IsMatch(source.Value, $@"\b{handler.Name}\b")).Select(source => source.Key);
            Assert.Single(named);
        }
    }

    [Fact]
    public void Nothing_outside_the_providers_folder_names_a_providers_wire_types()
    {
        var wire = typeof(ApiApp).Assembly.GetTypes()
            .Select(type => type.Namespace ?? "").Where(name => name.StartsWith("PaymentOrchestrator.Api.Providers.", StringComparison.Ordinal) && !name.EndsWith(".Notifications", StringComparison.Ordinal))
            .Select(name => name["PaymentOrchestrator.Api.Providers.".Length..].Split('.')[0]).Distinct().ToList();
        Assert.Contains("WorldFirst", wire);
        foreach (var (file, text) in ApiSources.Where(source => !source.Key.StartsWith("Providers/", StringComparison.Ordinal) && !KnownExceptions.Contains(source.Key)))
        {
            Assert.False(StripeUse().IsMatch(text), $"{file} uses Stripe's types.");
            Assert.All(wire, name => Assert.False(text.Contains($"Providers.{name}", StringComparison.Ordinal), $"{file} names types of Providers/{name}."));
        }
    }

    [Fact]
    public void Money_is_never_a_floating_point_number_and_the_clock_is_never_read_directly()
    {
        foreach (var (file, text) in ApiSources)
            Assert.False(DirectClock().IsMatch(text), $"{file} reads the clock past TimeProvider.");
        var contract = typeof(ApiApp).Assembly.GetExportedTypes().Concat(typeof(Currency).Assembly.GetExportedTypes());
        Assert.All(
            contract.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)),
            property => Assert.False(property.PropertyType == typeof(double) || property.PropertyType == typeof(float), $"{property.DeclaringType}.{property.Name}"));
    }

    private static bool IsHandler(Type type) => type is { IsClass: true, IsAbstract: false } && type.GetInterfaces().Any(one =>
        one.IsGenericType && (one.GetGenericTypeDefinition() == typeof(ICommandHandler<,>) || one.GetGenericTypeDefinition() == typeof(IQueryHandler<,>)));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "PaymentOrchestrator.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex(@"using Stripe|\bStripe\.\w")]
    private static partial Regex StripeUse();

    [GeneratedRegex(@"\bDate(Time|TimeOffset)\.(UtcNow|Now|Today)\b")]
    private static partial Regex DirectClock();
}
