using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>
/// Whose call it is, before any provider has read it: by every text in it that is a buyer's id, or a token, code, request or object of one.
/// </summary>
internal static class CallOwner
{
    private const int MaxTexts = 200;

    public static async Task<IReadOnlySet<string>> Find(Tx tx, HttpRequest request, string body)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal) { request.Headers["Access-Token"].ToString() };
        texts.UnionWith(request.Path.Value!.Split('/'));
        foreach (var (_, values) in request.Query)
            texts.Add(values.ToString());
        if (request.HasFormContentType)
            texts.UnionWith(QueryHelpers.ParseQuery(body).Values.Select(values => values.ToString()));
        else
            AddJson(body, texts);
        var given = texts.Where(text => text.Length is > 0 and <= 256).Take(MaxTexts).ToArray();
        var owners = await tx.List<string>(
            """
            select g.buyer_id from access_tokens t join grants g on g.grant_id = t.grant_id where t.access_token = any(@given)
            union select buyer_id from grants where refresh_token = any(@given)
            union select buyer_id from authorization_codes where code = any(@given)
            union select buyer_id from debit_requests where request_id = any(@given) or reference = any(@given)
            union select d.buyer_id from refund_requests r
                join debit_requests d on d.provider = r.provider and d.request_id = r.debit_request_id
                where r.request_id = any(@given) or r.reference = any(@given)
            union select buyer_id from card_objects where id = any(@given) and buyer_id is not null
            """, new { given });
        return owners.Concat(given.Where(Buyers.BuyerId.IsWellFormed)).ToHashSet(StringComparer.Ordinal);
    }

    private static void AddJson(string body, HashSet<string> texts)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            Add(document.RootElement);
        }
        catch (JsonException)
        {
            // What the provider can't read either is nobody's.
        }

        void Add(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    texts.Add(element.GetString()!);
                    break;
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                        Add(member.Value);
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                        Add(item);
                    break;
            }
        }
    }
}
