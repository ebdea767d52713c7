using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>
/// What was moved in a time, as CSV in a signed answer. Modelled: neither WorldFirst nor Antom publishes a call for it, they hand statements out in
/// their portals and over SFTP. The CSV's columns are this project's own, described in the README.
/// </summary>
internal sealed class AntStatements(SandboxDb db, string provider)
{
    private const int MaxLines = 1_000;

    public Task<AntReply> InquiryStatement(AntCall call)
    {
        var (from, to) = (Time(call, "startTime"), Time(call, "endTime"));
        var after = call.OptionalText("pageToken") is not { } token ? 0
            : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw AntRefusalException.ParamIllegal("pageToken is none of ours.");
        return db.InTransaction(async tx =>
        {
            var lines = await Statements.List(tx, provider, from, to, after, MaxLines + 1);
            var page = lines.Take(MaxLines).ToList();
            var fields = new JsonObject { ["statement"] = Statements.Csv(page) };
            if (lines.Count > MaxLines)
                fields["nextPageToken"] = page[^1].ExecutionId.ToString(CultureInfo.InvariantCulture);
            return AntReply.Success(fields);
        });
    }

    private static DateTime Time(AntCall call, string name) =>
        DateTimeOffset.TryParse(call.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcDateTime
            : throw AntRefusalException.ParamIllegal($"{name} is no time.");
}
