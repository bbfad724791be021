# Sourced by run.sh and test.sh. Sets RUNTIME to Orleans where its packages restore, else to Local: found out by a real restore of a probe project into a
# package folder of its own, once; the answer is kept under artifacts/. Nothing is guessed from packages that a failed restore left in a cache.
choose_runtime() {
  local answer="$ROOT/artifacts/runtime" probe="$ROOT/artifacts/probe"
  if [ ! -f "$answer" ]; then
    local version
    version=$(sed -n 's:.*<OrleansVersion>\(.*\)</OrleansVersion>.*:\1:p' "$ROOT/Directory.Packages.props")
    mkdir -p "$probe"
    # Shields the probe from the repository's own build files.
    echo '<Project />' | tee "$probe/Directory.Build.props" "$probe/Directory.Build.targets" "$probe/Directory.Packages.props" >/dev/null
    cat > "$probe/probe.csproj" <<PROBE
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Orleans.Sdk" Version="[$version]" />
    <PackageReference Include="Microsoft.Orleans.Server" Version="[$version]" />
    <PackageReference Include="Microsoft.Orleans.Streaming" Version="[$version]" />
  </ItemGroup>
</Project>
PROBE
    if NUGET_PACKAGES="$probe/packages" dotnet restore "$probe/probe.csproj" >"$probe/restore.log" 2>&1; then echo Orleans; else echo Local; fi > "$answer"
    rm -rf "$probe/packages"
  fi
  RUNTIME=$(cat "$answer")
}
