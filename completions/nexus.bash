# bash completion for nexus. Load it with: source <(nexus completion bash)
_nexus() {
  # bash takes words apart at : and =; these are the words as they were typed, with --flag=value as two.
  local words=() count=0 glue= i cur prev
  for ((i = 0; i <= COMP_CWORD; i++)); do
    cur=${COMP_WORDS[i]}
    if [[ $glue || ($cur == : && $i -gt 0) ]]; then
      words[count - 1]+=$cur
      if [[ $cur == : ]]; then glue=1; else glue=; fi
    elif [[ $cur != = ]]; then
      words[count++]=$cur
    elif ((i == COMP_CWORD)); then
      words[count++]=
    fi
  done
  cur=${words[count - 1]} prev=${words[count - 2]}
  COMPREPLY=()
  _nexus_reply
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}"); fi
}
_nexus_reply() {
  local path=nexus i
  for ((i = 1; i < count - 1; i++)); do
    case "$path ${words[i]}" in
      'nexus --config-dir' | 'nexus --color' | 'nexus chat -p' | 'nexus chat --profile' | 'nexus chat -m' | 'nexus chat --model' | 'nexus chat -s' | 'nexus chat --system' | 'nexus chat -f' | 'nexus chat --file' | 'nexus chat --image' | 'nexus chat --set' | 'nexus chat --session' | 'nexus chat --timeout' | 'nexus chat --zone' | 'nexus chat --min-tier' | 'nexus chat --config-dir' | 'nexus chat --color' | 'nexus serve --host' | 'nexus serve --port' | 'nexus serve --token-env' | 'nexus serve --log-format' | 'nexus serve --config-dir' | 'nexus serve --color' | 'nexus profile --config-dir' | 'nexus profile --color' | 'nexus profile save --config-dir' | 'nexus profile save --color' | 'nexus profile save model --backend' | 'nexus profile save model --model' | 'nexus profile save model --set' | 'nexus profile save model --system' | 'nexus profile save model --context-limit' | 'nexus profile save model --config-dir' | 'nexus profile save model --color' | 'nexus profile save loadbalancer --set' | 'nexus profile save loadbalancer --zone' | 'nexus profile save loadbalancer --min-tier' | 'nexus profile save loadbalancer --context-limit' | 'nexus profile save loadbalancer --config-dir' | 'nexus profile save loadbalancer --color' | 'nexus profile list --config-dir' | 'nexus profile list --color' | 'nexus profile show --config-dir' | 'nexus profile show --color' | 'nexus profile edit --config-dir' | 'nexus profile edit --color' | 'nexus profile set --unset' | 'nexus profile set --config-dir' | 'nexus profile set --color' | 'nexus profile copy --config-dir' | 'nexus profile copy --color' | 'nexus profile rename --config-dir' | 'nexus profile rename --color' | 'nexus profile delete --config-dir' | 'nexus profile delete --color' | 'nexus profile default --config-dir' | 'nexus profile default --color' | 'nexus profile check --config-dir' | 'nexus profile check --color' | 'nexus profile export --config-dir' | 'nexus profile export --color' | 'nexus profile import --name' | 'nexus profile import --config-dir' | 'nexus profile import --color' | 'nexus backend --config-dir' | 'nexus backend --color' | 'nexus backend add --name' | 'nexus backend add --type' | 'nexus backend add --api-key-env' | 'nexus backend add --api-key-ref' | 'nexus backend add --zone' | 'nexus backend add --tier' | 'nexus backend add --priority' | 'nexus backend add --max-concurrent' | 'nexus backend add --model' | 'nexus backend add --header' | 'nexus backend add --timeout' | 'nexus backend add --config-dir' | 'nexus backend add --color' | 'nexus backend list --config-dir' | 'nexus backend list --color' | 'nexus backend show --config-dir' | 'nexus backend show --color' | 'nexus backend edit --url' | 'nexus backend edit --type' | 'nexus backend edit --api-key-env' | 'nexus backend edit --api-key-ref' | 'nexus backend edit --zone' | 'nexus backend edit --tier' | 'nexus backend edit --priority' | 'nexus backend edit --max-concurrent' | 'nexus backend edit --model' | 'nexus backend edit --header' | 'nexus backend edit --timeout' | 'nexus backend edit --unset' | 'nexus backend edit --config-dir' | 'nexus backend edit --color' | 'nexus backend remove --config-dir' | 'nexus backend remove --color' | 'nexus backend test --port' | 'nexus backend test --config-dir' | 'nexus backend test --color' | 'nexus backend drain --port' | 'nexus backend drain --config-dir' | 'nexus backend drain --color' | 'nexus backend resume --port' | 'nexus backend resume --config-dir' | 'nexus backend resume --color' | 'nexus key --config-dir' | 'nexus key --color' | 'nexus key set --store' | 'nexus key set --config-dir' | 'nexus key set --color' | 'nexus key list --config-dir' | 'nexus key list --color' | 'nexus key delete --config-dir' | 'nexus key delete --color' | 'nexus models --backend' | 'nexus models --config-dir' | 'nexus models --color' | 'nexus explain -p' | 'nexus explain --profile' | 'nexus explain -m' | 'nexus explain --model' | 'nexus explain -f' | 'nexus explain --file' | 'nexus explain -s' | 'nexus explain --system' | 'nexus explain --image' | 'nexus explain --set' | 'nexus explain --zone' | 'nexus explain --min-tier' | 'nexus explain --port' | 'nexus explain --config-dir' | 'nexus explain --color' | 'nexus status -p' | 'nexus status --profile' | 'nexus status --port' | 'nexus status --config-dir' | 'nexus status --color' | 'nexus status reset -p' | 'nexus status reset --profile' | 'nexus status reset --port' | 'nexus status reset --config-dir' | 'nexus status reset --color' | 'nexus why --config-dir' | 'nexus why --color' | 'nexus sessions --config-dir' | 'nexus sessions --color' | 'nexus sessions list --limit' | 'nexus sessions list --config-dir' | 'nexus sessions list --color' | 'nexus sessions show --config-dir' | 'nexus sessions show --color' | 'nexus sessions search --limit' | 'nexus sessions search --config-dir' | 'nexus sessions search --color' | 'nexus sessions export --format' | 'nexus sessions export --config-dir' | 'nexus sessions export --color' | 'nexus sessions rename --config-dir' | 'nexus sessions rename --color' | 'nexus sessions delete --config-dir' | 'nexus sessions delete --color' | 'nexus stats --by' | 'nexus stats --since' | 'nexus stats --config-dir' | 'nexus stats --color' | 'nexus doctor --config-dir' | 'nexus doctor --color' | 'nexus init --backend' | 'nexus init --model' | 'nexus init --name' | 'nexus init --config-dir' | 'nexus init --color' | 'nexus config --config-dir' | 'nexus config --color' | 'nexus config get --config-dir' | 'nexus config get --color' | 'nexus config set --config-dir' | 'nexus config set --color' | 'nexus config unset --config-dir' | 'nexus config unset --color' | 'nexus config list --config-dir' | 'nexus config list --color' | 'nexus config path --config-dir' | 'nexus config path --color' | 'nexus config edit --config-dir' | 'nexus config edit --color' | 'nexus config validate --config-dir' | 'nexus config validate --color' | 'nexus config schema --config-dir' | 'nexus config schema --color' | 'nexus mock --port' | 'nexus mock --host' | 'nexus mock --model' | 'nexus mock --dialect' | 'nexus mock --answer' | 'nexus mock --fault' | 'nexus mock --latency' | 'nexus mock --chunk-delay' | 'nexus mock --script' | 'nexus mock --config-dir' | 'nexus mock --color' | 'nexus demo --config-dir' | 'nexus demo --color' | 'nexus completion --config-dir' | 'nexus completion --color' | 'nexus completion install --config-dir' | 'nexus completion install --color' | 'nexus help --config-dir' | 'nexus help --color') ((i++)) ;;
      'nexus chat' | 'nexus serve' | 'nexus profile' | 'nexus profile save' | 'nexus profile save model' | 'nexus profile save loadbalancer' | 'nexus profile list' | 'nexus profile show' | 'nexus profile edit' | 'nexus profile set' | 'nexus profile copy' | 'nexus profile rename' | 'nexus profile delete' | 'nexus profile default' | 'nexus profile check' | 'nexus profile export' | 'nexus profile import' | 'nexus backend' | 'nexus backend add' | 'nexus backend list' | 'nexus backend show' | 'nexus backend edit' | 'nexus backend remove' | 'nexus backend test' | 'nexus backend drain' | 'nexus backend resume' | 'nexus key' | 'nexus key set' | 'nexus key list' | 'nexus key delete' | 'nexus models' | 'nexus explain' | 'nexus status' | 'nexus status reset' | 'nexus why' | 'nexus sessions' | 'nexus sessions list' | 'nexus sessions show' | 'nexus sessions search' | 'nexus sessions export' | 'nexus sessions rename' | 'nexus sessions delete' | 'nexus stats' | 'nexus doctor' | 'nexus init' | 'nexus config' | 'nexus config get' | 'nexus config set' | 'nexus config unset' | 'nexus config list' | 'nexus config path' | 'nexus config edit' | 'nexus config validate' | 'nexus config schema' | 'nexus mock' | 'nexus demo' | 'nexus completion' | 'nexus completion install' | 'nexus help') path+=" ${words[i]}" ;;
    esac
  done
  case "$path $prev" in
    'nexus --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus chat -p' | 'nexus chat --profile') COMPREPLY=($(compgen -W "$(nexus __names profile 2>/dev/null)" -- "$cur")); return ;;
    'nexus chat -m' | 'nexus chat --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus chat -s' | 'nexus chat --system') compopt +o default 2>/dev/null; return ;;
    'nexus chat -f' | 'nexus chat --file') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'nexus chat --image') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'nexus chat --set') compopt +o default 2>/dev/null; return ;;
    'nexus chat --session') compopt +o default 2>/dev/null; return ;;
    'nexus chat --timeout') compopt +o default 2>/dev/null; return ;;
    'nexus chat --zone') COMPREPLY=($(compgen -W 'restricted open' -- "$cur")); return ;;
    'nexus chat --min-tier') compopt +o default 2>/dev/null; return ;;
    'nexus chat --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus chat --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus serve --host') compopt +o default 2>/dev/null; return ;;
    'nexus serve --port') compopt +o default 2>/dev/null; return ;;
    'nexus serve --token-env') compopt +o default 2>/dev/null; return ;;
    'nexus serve --log-format') compopt +o default 2>/dev/null; return ;;
    'nexus serve --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus serve --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile save --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile save --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile save model --backend') COMPREPLY=($(compgen -W "$(nexus __names backend 2>/dev/null)" -- "$cur")); return ;;
    'nexus profile save model --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus profile save model --set') compopt +o default 2>/dev/null; return ;;
    'nexus profile save model --system') compopt +o default 2>/dev/null; return ;;
    'nexus profile save model --context-limit') compopt +o default 2>/dev/null; return ;;
    'nexus profile save model --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile save model --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile save loadbalancer --set') compopt +o default 2>/dev/null; return ;;
    'nexus profile save loadbalancer --zone') COMPREPLY=($(compgen -W 'restricted open' -- "$cur")); return ;;
    'nexus profile save loadbalancer --min-tier') compopt +o default 2>/dev/null; return ;;
    'nexus profile save loadbalancer --context-limit') compopt +o default 2>/dev/null; return ;;
    'nexus profile save loadbalancer --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile save loadbalancer --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile list --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile show --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile show --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile edit --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile edit --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile set --unset') compopt +o default 2>/dev/null; return ;;
    'nexus profile set --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile set --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile copy --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile copy --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile rename --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile rename --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile delete --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile delete --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile default --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile default --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile check --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile check --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile export --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile export --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus profile import --name') compopt +o default 2>/dev/null; return ;;
    'nexus profile import --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus profile import --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend add --name') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --type') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --api-key-env') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --api-key-ref') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --zone') COMPREPLY=($(compgen -W 'restricted open' -- "$cur")); return ;;
    'nexus backend add --tier') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --priority') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --max-concurrent') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus backend add --header') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --timeout') compopt +o default 2>/dev/null; return ;;
    'nexus backend add --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend add --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend list --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend show --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend show --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend edit --url') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --type') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --api-key-env') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --api-key-ref') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --zone') COMPREPLY=($(compgen -W 'restricted open' -- "$cur")); return ;;
    'nexus backend edit --tier') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --priority') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --max-concurrent') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus backend edit --header') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --timeout') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --unset') compopt +o default 2>/dev/null; return ;;
    'nexus backend edit --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend edit --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend remove --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend remove --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend test --port') compopt +o default 2>/dev/null; return ;;
    'nexus backend test --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend test --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend drain --port') compopt +o default 2>/dev/null; return ;;
    'nexus backend drain --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend drain --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus backend resume --port') compopt +o default 2>/dev/null; return ;;
    'nexus backend resume --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus backend resume --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus key --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus key --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus key set --store') COMPREPLY=($(compgen -W 'keyring file' -- "$cur")); return ;;
    'nexus key set --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus key set --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus key list --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus key list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus key delete --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus key delete --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus models --backend') COMPREPLY=($(compgen -W "$(nexus __names backend 2>/dev/null)" -- "$cur")); return ;;
    'nexus models --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus models --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus explain -p' | 'nexus explain --profile') COMPREPLY=($(compgen -W "$(nexus __names profile 2>/dev/null)" -- "$cur")); return ;;
    'nexus explain -m' | 'nexus explain --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus explain -f' | 'nexus explain --file') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'nexus explain -s' | 'nexus explain --system') compopt +o default 2>/dev/null; return ;;
    'nexus explain --image') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'nexus explain --set') compopt +o default 2>/dev/null; return ;;
    'nexus explain --zone') COMPREPLY=($(compgen -W 'restricted open' -- "$cur")); return ;;
    'nexus explain --min-tier') compopt +o default 2>/dev/null; return ;;
    'nexus explain --port') compopt +o default 2>/dev/null; return ;;
    'nexus explain --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus explain --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus status -p' | 'nexus status --profile') COMPREPLY=($(compgen -W "$(nexus __names profile 2>/dev/null)" -- "$cur")); return ;;
    'nexus status --port') compopt +o default 2>/dev/null; return ;;
    'nexus status --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus status --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus status reset -p' | 'nexus status reset --profile') COMPREPLY=($(compgen -W "$(nexus __names profile 2>/dev/null)" -- "$cur")); return ;;
    'nexus status reset --port') compopt +o default 2>/dev/null; return ;;
    'nexus status reset --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus status reset --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus why --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus why --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions list --limit') compopt +o default 2>/dev/null; return ;;
    'nexus sessions list --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions show --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions show --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions search --limit') compopt +o default 2>/dev/null; return ;;
    'nexus sessions search --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions search --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions export --format') COMPREPLY=($(compgen -W 'markdown json' -- "$cur")); return ;;
    'nexus sessions export --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions export --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions rename --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions rename --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus sessions delete --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus sessions delete --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus stats --by') COMPREPLY=($(compgen -W 'member model backend day' -- "$cur")); return ;;
    'nexus stats --since') compopt +o default 2>/dev/null; return ;;
    'nexus stats --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus stats --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus doctor --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus doctor --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus init --backend') COMPREPLY=($(compgen -W "$(nexus __names backend 2>/dev/null)" -- "$cur")); return ;;
    'nexus init --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus init --name') compopt +o default 2>/dev/null; return ;;
    'nexus init --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus init --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config get --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config get --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config set --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config set --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config unset --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config unset --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config list --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config path --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config path --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config edit --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config edit --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config validate --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config validate --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus config schema --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus config schema --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus mock --port') compopt +o default 2>/dev/null; return ;;
    'nexus mock --host') compopt +o default 2>/dev/null; return ;;
    'nexus mock --model') COMPREPLY=($(compgen -W "$(nexus __names model 2>/dev/null)" -- "$cur")); return ;;
    'nexus mock --dialect') compopt +o default 2>/dev/null; return ;;
    'nexus mock --answer') compopt +o default 2>/dev/null; return ;;
    'nexus mock --fault') compopt +o default 2>/dev/null; return ;;
    'nexus mock --latency') compopt +o default 2>/dev/null; return ;;
    'nexus mock --chunk-delay') compopt +o default 2>/dev/null; return ;;
    'nexus mock --script') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'nexus mock --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus mock --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus demo --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus demo --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus completion --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus completion --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus completion install --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus completion install --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'nexus help --config-dir') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'nexus help --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
  esac
  case "$path" in
    'nexus') COMPREPLY=($(compgen -W 'chat serve profile backend key models explain status why sessions stats doctor init config mock demo completion help -V --version --config-dir --color --no-input -q --quiet -h --help' -- "$cur")) ;;
    'nexus chat') COMPREPLY=($(compgen -W '-p --profile -m --model -s --system -f --file --image --set -c --continue --session --json --ndjson -q --quiet --no-stream --no-fallback --timeout --zone --min-tier --explain --debug --no-markdown -n --no-stdin -h --help --config-dir --color --no-input' -- "$cur")) ;;
    'nexus serve') COMPREPLY=($(compgen -W '--host --port --token-env --log-format --debug -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus profile') COMPREPLY=($(compgen -W 'save list show edit set copy rename delete default check export import -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus profile save') COMPREPLY=($(compgen -W 'model loadbalancer -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus profile save model') COMPREPLY=($(compgen -W '--backend --model --set --system --context-limit --force --test -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus profile save loadbalancer') COMPREPLY=($(compgen -W '--set --zone --min-tier --context-limit --force --test -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile list') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus profile show') COMPREPLY=($(compgen -W '--tree --json -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile edit') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile set') COMPREPLY=($(compgen -W '--unset -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile copy') COMPREPLY=($(compgen -W '--force -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile rename') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile delete') COMPREPLY=($(compgen -W '--cascade --force -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile default') COMPREPLY=($(compgen -W '--unset --json -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile check') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile export') COMPREPLY=($(compgen -W '--force -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names profile 2>/dev/null)" -- "$cur")) ;;
    'nexus profile import') COMPREPLY=($(compgen -W '--name --force -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus backend') COMPREPLY=($(compgen -W 'add list show edit remove test drain resume -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus backend add') COMPREPLY=($(compgen -W '--name --type --api-key-env --api-key-ref --zone --tier --priority --max-concurrent --model --header --timeout --test --force -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus backend list') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus backend show') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus backend edit') COMPREPLY=($(compgen -W '--url --type --api-key-env --api-key-ref --zone --tier --priority --max-concurrent --model --header --timeout --unset -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus backend remove') COMPREPLY=($(compgen -W '--force -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus backend test') COMPREPLY=($(compgen -W '--all --port --json -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus backend drain') COMPREPLY=($(compgen -W '--port -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus backend resume') COMPREPLY=($(compgen -W '--port -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus key') COMPREPLY=($(compgen -W 'set list delete -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus key set') COMPREPLY=($(compgen -W '--store -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus key list') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus key delete') COMPREPLY=($(compgen -W '--force -h --help --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus models') COMPREPLY=($(compgen -W '--backend --json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus explain') COMPREPLY=($(compgen -W '-p --profile -m --model -f --file -s --system --image --set --json --no-fallback --zone --min-tier --port -n --no-stdin -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus status') COMPREPLY=($(compgen -W 'reset -p --profile --port --watch --json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus status reset') COMPREPLY=($(compgen -W '--json -h --help -p --profile --port --watch --config-dir --color --no-input -q --quiet'" $(nexus __names backend 2>/dev/null)" -- "$cur")) ;;
    'nexus why') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions') COMPREPLY=($(compgen -W 'list show search export rename delete -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions list') COMPREPLY=($(compgen -W '--limit --json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions show') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions search') COMPREPLY=($(compgen -W '--limit --json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions export') COMPREPLY=($(compgen -W '--format --force -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions rename') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus sessions delete') COMPREPLY=($(compgen -W '--all --force -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus stats') COMPREPLY=($(compgen -W '--by --since --json --csv -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus doctor') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus init') COMPREPLY=($(compgen -W '--backend --model --name --test --no-test --force -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config') COMPREPLY=($(compgen -W 'get set unset list path edit validate schema -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config get') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config set') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config unset') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config list') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config path') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config edit') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config validate') COMPREPLY=($(compgen -W '--json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus config schema') COMPREPLY=($(compgen -W 'config profile -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus mock') COMPREPLY=($(compgen -W '--port --host --model --dialect --answer --fault --latency --chunk-delay --script --json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus demo') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus completion') COMPREPLY=($(compgen -W 'install bash zsh fish -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus completion install') COMPREPLY=($(compgen -W 'bash zsh fish --json -h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
    'nexus help') COMPREPLY=($(compgen -W '-h --help --config-dir --color --no-input -q --quiet' -- "$cur")) ;;
  esac
}
complete -o default -F _nexus nexus
