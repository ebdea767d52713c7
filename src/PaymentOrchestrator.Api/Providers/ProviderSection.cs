using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>One provider's configuration section, read whole: every fault of it is collected and told at once, by key.</summary>
internal sealed class ProviderSection
{
    private static readonly Uri Nowhere = new("http://invalid.invalid/");

    private readonly List<string> faults = [];
    private readonly Mode mode;
    private readonly IConfigurationSection section;

    private ProviderSection(IConfigurationSection section, Mode mode)
    {
        this.section = section;
        this.mode = mode;
    }

    /// <summary>Null when nothing of the section is filled.</summary>
    /// <exception cref="InvalidOperationException">Something of it is filled, and not all of it well. Names keys, never values.</exception>
    public static T? Read<T>(IConfigurationSection providers, string name, Mode mode, Func<ProviderSection, T> read)
        where T : class
    {
        var section = providers.GetSection(name);
        if (section.GetChildren().All(child => string.IsNullOrWhiteSpace(child.Value))) return null;
        var reader = new ProviderSection(section, mode);
        // What a fault leaves behind is never used: the whole section is refused below.
        var options = read(reader);
        return reader.faults.Count == 0
            ? options
            : throw new InvalidOperationException($"The provider section {section.Path} cannot be used: {string.Join("; ", reader.faults)}.");
    }

    public string Text(string key)
    {
        var value = section[key]?.Trim();
        if (string.IsNullOrEmpty(value)) faults.Add($"{section.Path}:{key} is missing");
        return value ?? "";
    }

    /// <summary>An absolute http or https address; in live mode https, and not of this machine.</summary>
    public Uri Url(string key)
    {
        var text = Text(key);
        if (text.Length == 0) return Nowhere;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            faults.Add($"{section.Path}:{key} is not an absolute http or https address");
        else if (mode == Mode.Live && (url.Scheme != "https" || url.IsLoopback))
            faults.Add($"{section.Path}:{key} must be an https address of another machine in live mode");
        else
            return url;
        return Nowhere;
    }

    public Uri? OptionalUrl(string key) => string.IsNullOrWhiteSpace(section[key]) ? null : Url(key);

    /// <summary><c>BaseUrl</c>, <c>ClientId</c>, <c>PrivateKey</c> and <c>ProviderPublicKey</c> of a provider behind an Ant gateway.</summary>
    public AntParty Party(int keyVersion, bool blanks) => new(
        Url("BaseUrl"), Text("ClientId"), Key("PrivateKey", AntKey.ParsePrivate)!, Key("ProviderPublicKey", AntKey.ParsePublic)!, keyVersion, blanks);

    private AntKey? Key(string key, Func<string, AntKey> parse)
    {
        var text = Text(key);
        if (text.Length == 0) return null;
        try
        {
            return parse(text);
        }
        catch (FormatException exception)
        {
            faults.Add($"{section.Path}:{key} is unusable: {exception.Message.TrimEnd('.')}");
            return null;
        }
    }
}
