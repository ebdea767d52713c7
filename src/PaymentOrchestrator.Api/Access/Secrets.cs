using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Access;

/// <summary>Encrypts the providers' tokens before they are stored. The keys rotate and lie in PostgreSQL, themselves under the configured key.</summary>
internal sealed class Secrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("linked-account-secrets");

    public string Protect(string secret) => protector.Protect(secret);

    /// <exception cref="CryptographicException">The text was not made with one of our keys.</exception>
    public string Unprotect(string secret) => protector.Unprotect(secret);

    public static void AddTo(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("payment-orchestrator");
        services.AddSingleton<KeyEncryption>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, ConfigureKeys>();
        services.AddSingleton<Secrets>();
    }

    private sealed class ConfigureKeys(Db db, KeyEncryption encryption) : IConfigureOptions<KeyManagementOptions>
    {
        public void Configure(KeyManagementOptions options)
        {
            options.XmlRepository = new PostgresKeys(db);
            options.XmlEncryptor = encryption;
        }
    }

    private sealed class PostgresKeys(Db db) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => Run(async () =>
        {
            await using var connection = await db.OpenSharedAsync(CancellationToken.None);
            var rows = await connection.QueryAsync<string>("select xml from data_protection_keys order by created_at;");
            return rows.Select(XElement.Parse).ToList();
        });

        public void StoreElement(XElement element, string friendlyName) => Run(async () =>
        {
            await using var connection = await db.OpenSharedAsync(CancellationToken.None);
            return await connection.ExecuteAsync(
                "insert into data_protection_keys (name, xml, created_at) values (@friendlyName, @xml, now()) on conflict (name) do nothing;",
                new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) });
        });

        // The framework's interface is synchronous; it is called at start and once per key rotation.
        private static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
    }
}

/// <summary>AES-256-GCM under <c>DataProtection:Key</c> (32 bytes, base64): what lies in the database is of no use without the configuration.</summary>
/// <remarks>The framework makes decryptors itself and passes them the service provider, nothing else.</remarks>
internal sealed class KeyEncryption(IServiceProvider services) : IXmlEncryptor, IXmlDecryptor
{
    private readonly byte[] key = ReadKey(services.GetRequiredService<IConfiguration>());

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[12 + 16 + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(sealedBytes.AsSpan(0, 12), plain, sealedBytes.AsSpan(28), sealedBytes.AsSpan(12, 16));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealedBytes)), typeof(KeyEncryption));
    }

    public XElement Decrypt(XElement encryptedElement)
    {
        var sealedBytes = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[sealedBytes.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(sealedBytes.AsSpan(0, 12), sealedBytes.AsSpan(28), sealedBytes.AsSpan(12, 16), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    private static byte[] ReadKey(IConfiguration configuration)
    {
        var text = configuration["DataProtection:Key"];
        var buffer = new byte[32];
        return text is not null && Convert.TryFromBase64String(text, buffer, out var length) && length == buffer.Length
            ? buffer
            : throw new InvalidOperationException("Set DataProtection:Key to 32 random bytes in base64: the providers' tokens are encrypted under it.");
    }
}
