{{- define "kuaipei.name" -}}
{{ printf "%s-%s" (.root.Release.Name | trunc 40 | trimSuffix "-") .part }}
{{- end }}

{{- /* What never changes of a Deployment, and so selects its pods. */ -}}
{{- define "kuaipei.selector" -}}
app.kubernetes.io/name: kuaipei
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "kuaipei.labels" -}}
{{ include "kuaipei.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- /* What all pods of ours have in common: nobody is root, nothing is written but to the scratch folder, and no key to the cluster is there. */ -}}
{{- define "kuaipei.pod" -}}
automountServiceAccountToken: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "kuaipei.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- /* A process's own part of the Secret: { root, names }. */ -}}
{{- define "kuaipei.secrets" -}}
{{- range .names }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $.root.Values.secretName }}, key: {{ . }} } }
{{- end }}
{{- end }}

{{- /* Hosts are spread over machines and zones, as far as there are any. */ -}}
{{- define "kuaipei.spread" -}}
topologySpreadConstraints:
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "kuaipei.selector" $ | nindent 8 }}
{{- end }}
{{- end }}

{{- define "kuaipei.mounts" -}}
- { name: scratch, mountPath: /tmp }
- { name: keys, mountPath: /run/secrets/kuaipei, readOnly: true }
{{- if .Values.temporal.tlsSecretName }}
- { name: temporal-tls, mountPath: /run/secrets/temporal, readOnly: true }
{{- end }}
{{- end }}

{{- define "kuaipei.volumes" -}}
- name: keys
  secret: { secretName: {{ .Values.secretName }}, items: [{ key: keys, path: keys }], defaultMode: 288 }
{{- if .Values.temporal.tlsSecretName }}
- name: temporal-tls
  secret: { secretName: {{ .Values.temporal.tlsSecretName }}, defaultMode: 288 }
{{- end }}
{{- end }}
